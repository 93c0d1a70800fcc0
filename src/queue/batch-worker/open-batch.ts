import type { Job } from 'bullmq';
import { DateTime } from 'luxon';
import type { Meter } from '../../clients/http/session.ts';
import { carriedPolicy } from '../../jobs/carried-policy.ts';
import { type AnyJob, findJob } from '../../jobs/index.ts';
import type { Action } from '../../jobs/job.ts';
import { applyBatch, applyResult } from '../../runs/apply-batch.ts';
import {
  type BatchProgress,
  type BatchResult,
  type BatchTools,
  type KeptProgress,
  newProgress,
  type Outlooks,
  resumeProgress,
} from '../../runs/batch.ts';
import { planBatch, planResult } from '../../runs/plan-batch.ts';
import { partProgress } from '../../runs/plan-files/split-plan.ts';
import { countUsers, planFromRoster } from '../../runs/roster-plan.ts';
import { canarySize } from '../../runs/soonest-first.ts';
import type { WorkerContext } from '../context.ts';
import { readBatch } from '../messages/batch-data.ts';
import { type BatchId, readBatchId } from '../messages/batch-id.ts';
import { firstWrites, type RunState } from '../messages/run-state.ts';
import { fromActionTuple, fromTuple } from '../messages/tuples.ts';
import { type OutlookParts, outlooksOf } from '../outlooks/outlooks.ts';

/** A batch as BullMQ hands it over. */
export type BatchJob = Job<unknown, unknown, string>;

/** A batch off the queue, unpacked. */
export interface ReceivedBatch {
  readonly id: string | undefined;
  readonly text: string;
}

/** A batch, ready to be worked on. */
export interface OpenBatch {
  /** How many there are to do in all. */
  readonly items: number;
  readonly progress: BatchProgress;
  /** Whether nobody else of the run is asked the same. */
  readonly isWholeRun: boolean;
  /** Does what is pending. Throws what concerns everybody. */
  work(tools: Omit<BatchTools<unknown>, 'client' | 'policy' | 'now'>, meter: Meter): Promise<void>;
  /** The actions that were applied so far; none where the vendor does not say whether there was anything to do. */
  applied(): readonly Action[];
  /** What it hands to its run; `stopped` says why the rest was not reached. */
  result(stopped?: string): BatchResult;
}

/** How a batch begins. */
interface Beginning {
  readonly runId: string;
  /** What an earlier attempt has done. */
  readonly kept: KeptProgress | undefined;
  /** Whether the users of the run were named by hand. */
  readonly isNamed: boolean;
}

/**
 * Reads a batch off the queue: users to inspect, users to act on, or actions to apply.
 *
 * @throws UnusablePayload when its payload is not ours
 */
export async function openBatch(
  context: Pick<WorkerContext, 'clients' | 'now' | 'queues'>,
  maintenance: AnyJob,
  state: RunState,
  { id, text }: ReceivedBatch,
  { runId, kept, isNamed }: Beginning,
): Promise<OpenBatch> {
  const batch = readBatch(text);
  const policy = carriedPolicy(maintenance, state.policy);
  const { vendor } = maintenance;
  const { now } = context;
  const batchId = readBatchId(id ?? '');
  const isWholeRun = holdsWholeRun(maintenance, state, batchId);
  const progressOver = (items: number) => (kept ? resumeProgress(kept) : newProgress(items));

  if ('users' in batch && maintenance.plansFrom === 'vendor') {
    const users = batch.users.map(fromTuple);
    const progress = progressOver(users.length);
    return {
      items: users.length,
      progress,
      isWholeRun,
      work: (tools, meter) =>
        planBatch(maintenance, users, progress, {
          ...tools,
          outlooks: outlooksFor(context, maintenance, state, isNamed),
          policy,
          now,
          client: context.clients.readers(meter)[vendor](),
        }),
      applied: () => [],
      result: (stopped) => planResult(progress, stopped),
    };
  }

  if ('planned' in batch) {
    const { users, actions } = batch.planned;
    const progress = partProgress({ users, actions: actions.map(fromActionTuple) });
    const result = (stopped?: string) => planResult(progress, stopped);
    return { items: 0, progress, isWholeRun, work: async () => {}, applied: () => [], result };
  }

  const plannedAt = DateTime.fromISO(state.plannedAt);
  const rosterPlan =
    'users' in batch
      ? await planFromRoster(maintenance, batch.users.map(fromTuple), {
          policy,
          now: plannedAt,
          client: context.clients.readers({ requests: 0 })[vendor](),
        })
      : undefined;
  const orders = {
    plannedAt,
    recheck: state.recheck ?? false,
    verify: batchId?.phase === 'canary' || state.verify === 'all',
  };
  const actions = rosterPlan?.actions ?? ('actions' in batch ? batch.actions.map(fromActionTuple) : []);
  const progress = progressOver(actions.length);
  return {
    items: actions.length,
    progress,
    isWholeRun,
    work: (tools, meter) =>
      applyBatch(maintenance, actions, orders, progress, {
        ...tools,
        policy,
        now,
        client: context.clients.writers(meter, runId)[vendor](),
      }),
    applied: () => (rosterPlan ? [] : progress.applied.flatMap((index) => actions[index] ?? [])),
    result(stopped) {
      if (rosterPlan) countUsers(rosterPlan, progress);
      return applyResult(progress, stopped);
    },
  };
}

/** Whoever is named by hand is asked in any case. */
function outlooksFor(
  context: OutlookParts,
  maintenance: AnyJob,
  { policy }: RunState,
  isNamed: boolean,
): Outlooks | undefined {
  const outlooks = outlooksOf(context, maintenance, policy);
  return outlooks && isNamed ? { ...outlooks, known: async () => new Map() } : outlooks;
}

/** Whether a batch is the only one that asks. While users are planned it is not counted yet: the first is, if it is not full. */
function holdsWholeRun(maintenance: AnyJob, state: RunState, id: BatchId | undefined): boolean {
  if (id?.number !== 0) return false;
  const { batchSize, selected, planned } = state;
  if (id.phase === 'plan') return id.users < batchSize;
  if (maintenance.plansFrom === 'roster') return id.users === selected;
  if (id.phase === 'canary') return id.actions === Math.min(canarySize(planned), planned);
  return firstWrites(maintenance, state) === 'apply' && id.actions === planned;
}

/** The maintenance job of that name. @throws Error naming those there are */
export function maintenanceJob(name: string): AnyJob {
  const found = findJob(name);
  if (!found) throw new Error(`There is no maintenance job called ${JSON.stringify(name)}.`);
  return found;
}

import { DateTime } from 'luxon';
import type { VendorClients } from '../../src/clients/vendors.ts';
import type { User } from '../../src/domain/user.ts';
import { outlooksOf } from '../../src/queue/outlooks/outlooks.ts';
import type { Queues } from '../../src/queue/queues.ts';
import { applyBatch, applyResult } from '../../src/runs/apply-batch.ts';
import { type BatchLog, newProgress } from '../../src/runs/batch.ts';
import { planBatch, planResult } from '../../src/runs/plan-batch.ts';
import { createRefusals } from '../../src/runs/refusals.ts';
import { addTally, emptyTally, type Tally } from '../../src/runs/tally.ts';
import type { Settings } from './settings.ts';

/** A device whose clock caretaker restarted. */
export interface Refresh {
  readonly username: string;
  readonly deviceId: string;
  readonly atMs: number;
}

/** What a run is made with. */
interface RunParts {
  readonly clients: VendorClients;
  readonly nowMs: () => number;
  /** Where it is kept who need not be asked; left out, everybody is. */
  readonly store?: Pick<Queues, 'redis' | 'prefix'>;
}

/** What a run did. */
interface Night {
  readonly refreshes: readonly Refresh[];
  readonly requests: number;
}

/**
 * One run in enforce over the whole roster, as one plan batch and one apply batch, soonest deadline first.
 *
 * @throws Error when anything failed or was not reached: in a world without faults nothing may
 */
export async function runOnce(
  { config, job, jobConfig, policy }: Settings,
  { clients, nowMs, store }: RunParts,
  roster: readonly User[],
): Promise<Night> {
  const refreshes: Refresh[] = [];
  const refusals = createRefusals();
  const meter = { requests: 0, successes: refusals.successes };
  const tools = {
    comparison: { refusals, isWholeRun: true },
    policy,
    now: () => DateTime.fromMillis(nowMs(), { zone: 'utc' }),
    width: config.pointsharp?.requestsInFlight ?? 1,
    batchLog: journalOf(refreshes, nowMs),
  };
  const plannedAt = tools.now();
  const tally = emptyTally();

  const outlooks = store && outlooksOf({ queues: store, clients }, job, jobConfig.policyTexts);
  await outlooks?.begin(roster.length, plannedAt);
  const plan = newProgress(roster.length);
  await planBatch(job, roster, plan, { ...tools, outlooks, client: clients.readers(meter)[job.vendor]() });
  const { tally: planned, actions = [] } = planResult(plan);
  addTally(tally, planned);

  const soonestFirst = actions.toSorted((one, other) => (one.deadline ?? 0) - (other.deadline ?? 0));
  const apply = newProgress(soonestFirst.length);
  const client = clients.writers(meter, 'time-lapse')[job.vendor]();
  await applyBatch(job, soonestFirst, { plannedAt, recheck: false, verify: false }, apply, {
    ...tools,
    client,
  });
  addTally(tally, applyResult(apply).tally);

  demandNoFailure(tally, roster.length, plannedAt);
  await outlooks?.finish(roster.length);
  return { refreshes, requests: meter.requests };
}

function journalOf(refreshes: Refresh[], nowMs: () => number): BatchLog {
  return {
    applied: ({ user, subject }) =>
      refreshes.push({ username: user.username, deviceId: subject, atMs: nowMs() }),
    skipped() {},
    failed() {},
    found() {},
    kept() {},
  };
}

function demandNoFailure({ users, actions, failures }: Tally, selected: number, at: DateTime): void {
  if (users.inspected + users.notAsked === selected && actions.applied === actions.planned) return;
  const [first] = failures;
  throw new Error(
    `The run of ${at.toISO()} inspected ${users.inspected} of ${selected} users and applied ${actions.applied} of ${actions.planned} actions${first ? `; first failure: ${first.user}: ${first.reason}` : ''}. The time-lapse shows nothing until every run is whole.`,
  );
}

import { setTimeout as delay } from 'node:timers/promises';
import type { DateTime } from 'luxon';
import type { Logger } from 'pino';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { VendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import type { Action } from '../../jobs/job.ts';
import { longestRetryAfterMs } from '../../queue/batch-worker/batch-failure.ts';
import { batchLog } from '../../queue/batch-worker/batch-log.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { RunRequest } from '../../queue/messages/run-request.ts';
import { newUserCount, type UserCount } from '../../queue/run-worker/phases/user-count.ts';
import { userSource } from '../../queue/run-worker/phases/user-source.ts';
import { readUsers } from '../../queue/run-worker/phases/users.ts';
import { RosterError } from '../../roster/errors.ts';
import { type BatchProgress, newProgress } from '../../runs/batch.ts';
import { planBatch } from '../../runs/plan-batch.ts';
import type { Comparison } from '../../runs/refusals.ts';
import { createRefusals } from '../../runs/refusals.ts';
import { planFromRoster } from '../../runs/roster-plan.ts';
import { addCounts, addTally, emptyTally, type Tally } from '../../runs/tally.ts';
import type { Progress } from '../terminal/progress.ts';
import type { WritingJob } from './writing-job.ts';

/** What a plan is made with. */
interface Drafting extends WritingJob {
  readonly config: Config;
  readonly request: RunRequest;
  readonly openRoster: WorkerContext['openRoster'];
  readonly clients: VendorClients;
  readonly log: Logger;
  readonly progress: Progress;
  readonly now: () => DateTime;
  readonly signal: AbortSignal;
}

/** What was planned, and for whom. */
export interface Draft {
  readonly job: string;
  readonly plannedAt: DateTime;
  readonly count: UserCount;
  readonly tally: Tally;
  /** Those that could be read; only where the plan has to name them. */
  readonly users: readonly User[];
  readonly actions: readonly Action[];
}

/**
 * Looks at every user as the plan batches of a run do, without a queue. Reads only.
 *
 * @throws VendorError when the vendor still fails after all attempts, RosterError when the roster cannot be read or
 * changes meanwhile, and anything at all once `signal` is aborted
 */
export async function draftPlan(drafting: Drafting): Promise<Draft> {
  const { job, jobConfig, request, clients, log, progress, now, signal } = drafting;
  const { batchSize, policy } = jobConfig;
  const plannedAt = now().toUTC();
  const groups = job.groups?.(policy) ?? [];
  const tally = emptyTally();
  const users: User[] = [];
  const actions: Action[] = [];

  const source = userSource({ openRoster: drafting.openRoster }, request);
  // The first reading finds what is wrong with the roster before the vendor is asked anything.
  const count = newUserCount();
  for await (const _ of readUsers(source, batchSize, count, { asOf: plannedAt, log, signal, groups })) {
    signal.throwIfAborted();
  }
  const total = Math.ceil(count.selected / batchSize);
  const again = newUserCount();
  const comparison = { refusals: createRefusals(), isWholeRun: total === 1 };
  let done = 0;
  let usersDone = 0;
  const show = () =>
    progress.show({
      phase: 'plan',
      done,
      total,
      items: { what: 'users', done: usersDone, total: count.selected },
    });
  const reading = { asOf: plannedAt, isKnown: count.rejected === 0, signal, groups };
  for await (const { users: part } of readUsers(source, batchSize, again, reading)) {
    signal.throwIfAborted();
    show();
    if (job.plansFrom === 'roster') {
      const client = clients.readers({ requests: 0 })[job.vendor]();
      const found = await planFromRoster(job, part, { policy, client, now: plannedAt });
      tally.users.inspected += part.length;
      tally.actions.planned += found.actions.length;
      tally.touched += found.perUser.filter((planned) => planned > 0).length;
      addCounts(tally.kept, found.kept);
      for (const user of part) users.push(user);
    } else {
      const inspected = await inspect(drafting, comparison, part);
      addTally(tally, inspected.tally);
      for (const action of inspected.actions) actions.push(action);
      if (request.users) users.push(...part.filter((_, index) => !inspected.failed.includes(index)));
    }
    done += 1;
    usersDone += part.length;
  }
  if (again.fingerprint !== count.fingerprint) {
    throw new RosterError('The roster changed while it was being planned.', 'Plan again.');
  }
  show();
  return { job: job.name, plannedAt, count, tally, users, actions };
}

async function inspect(
  { config, job, jobConfig, clients, log, now, signal }: Drafting,
  comparison: Comparison,
  users: readonly User[],
): Promise<BatchProgress> {
  const progress = newProgress(users.length);
  const meter = { requests: 0, successes: comparison.refusals.successes };
  const tools = {
    client: clients.readers(meter)[job.vendor](),
    policy: jobConfig.policy,
    now,
    width: config[job.vendor]?.requestsInFlight ?? 1,
    batchLog: batchLog(log, job),
    signal,
    comparison,
  };
  let failures = 0;
  for (;;) {
    const pending = progress.ledger.pending.size;
    try {
      await planBatch(job, users, progress, tools);
      progress.tally.requests = meter.requests;
      return progress;
    } catch (error) {
      // A vendor that asks for pauses still answers in between: only failures with nothing done between them add up.
      failures = progress.ledger.pending.size < pending ? 1 : failures + 1;
      const pauseMs = pauseAfter(error, failures, config);
      if (pauseMs === undefined) throw error;
      log.warn({ err: error, failures, pauseMs }, 'planning interrupted');
      await delay(pauseMs, undefined, { signal });
    }
  }
}

/** How long to wait before the next attempt; undefined when there is to be none. */
function pauseAfter(error: unknown, failures: number, config: Config): number | undefined {
  if (!(error instanceof VendorError) || error.remedy !== 'retry-batch') return undefined;
  const { retryAfterMs = 0 } = error;
  if (failures >= config.batchAttempts || retryAfterMs > longestRetryAfterMs) return undefined;
  return Math.max(
    retryAfterMs,
    Math.min(config.retryDelay.toMillis() * 2 ** (failures - 1), longestRetryAfterMs),
  );
}

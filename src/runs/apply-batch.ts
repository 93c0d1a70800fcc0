import type { DateTime } from 'luxon';
import type { AnyJob } from '../jobs/index.ts';
import type { Action, Outcome, Writers } from '../jobs/job.ts';
import type { BatchProgress, BatchResult, BatchTools } from './batch.ts';
import { addFailure } from './tally.ts';
import { workThrough } from './work-through.ts';

type Writer = Writers[keyof Writers];

/** How the actions of a batch are applied. */
export interface ApplyOrders {
  readonly plannedAt: DateTime;
  /** Look again before each write, however fresh the plan is. */
  readonly recheck: boolean;
  /** Read each applied action back. */
  readonly verify: boolean;
}

/** The vendor said yes and nothing changed: whatever else is planned would come to nothing as well. */
export class NothingChanged extends Error {
  override readonly name = 'NothingChanged';
}

const nothingChanged = 'the vendor accepted the write, but nothing changed';

/**
 * Applies the actions of an apply batch that are still pending.
 *
 * @throws what concerns everybody, a NothingChanged among it; `progress` then holds what was done so far
 */
export async function applyBatch(
  job: AnyJob,
  actions: readonly Action[],
  { plannedAt, recheck, verify }: ApplyOrders,
  progress: BatchProgress,
  tools: BatchTools<Writer>,
): Promise<void> {
  const { tally } = progress;
  const { batchLog } = tools;
  await workThrough(progress.ledger, {
    width: tools.width,
    items: actions.length,
    signal: tools.signal,
    breaker: tools.breaker,
    record: tools.record,
    isGrave: (error) => error instanceof NothingChanged,
    perform(place) {
      const action = actionAt(place);
      if (!job.apply) throw new RangeError(`The batch has no action ${place} that can be applied.`);
      const { client, policy } = tools;
      const outcome = job.apply(action, { client, policy, now: tools.now(), plannedAt, recheck });
      return verify ? readBack(place, action, outcome) : outcome;
    },
    count(place, outcome) {
      if (outcome.status === 'failed') return fail(place, outcome.reason);
      tally.actions[outcome.status] += 1;
      tally.repeated += progress.ledger.doubts.get(place) ?? 0;
      if (outcome.status === 'applied') {
        progress.applied.push(place);
        batchLog.applied(actionAt(place));
      }
      if (outcome.status === 'skipped') batchLog.skipped(actionAt(place), outcome.reason);
    },
    fail,
  });

  function actionAt(place: number): Action {
    const action = actions[place];
    if (!action) throw new RangeError(`The batch has no action ${place}.`);
    return action;
  }

  async function readBack(place: number, action: Action, writing: Promise<Outcome>): Promise<Outcome> {
    const outcome = await writing;
    const { client, policy } = tools;
    if (outcome.status !== 'applied' || !job.confirm) return outcome;
    if (await job.confirm(action, { client, policy, now: tools.now() })) return outcome;
    progress.ledger.pending.delete(place);
    fail(place, nothingChanged);
    throw new NothingChanged(
      `${nothingChanged} (${action.subject} of ${action.user.username}); the run was stopped before the rest, look at the vendor's own log`,
    );
  }

  function fail(place: number, reason: string): void {
    const action = actions[place];
    const user = action?.user.username ?? '';
    tally.actions.failed += 1;
    tally.repeated += progress.ledger.doubts.get(place) ?? 0;
    progress.failed.push(place);
    addFailure(tally, { user, ...(action ? { subject: action.subject } : {}), reason });
    batchLog.failed(user, action?.subject, reason);
  }
}

/** What an apply batch hands over; actions that are still pending were not reached. */
export function applyResult(progress: BatchProgress, halted?: string): BatchResult {
  const { ledger, tally } = progress;
  tally.actions.notReached = ledger.pending.size;
  // What was tried and is given up may have been done all the same.
  for (const place of ledger.pending) tally.repeated += ledger.doubts.get(place) ?? 0;
  return { tally, ...(halted === undefined ? {} : { halted }) };
}

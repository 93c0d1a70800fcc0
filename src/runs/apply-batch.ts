import type { DateTime } from 'luxon';
import { VendorError } from '../clients/errors/vendor-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { AnyJob } from '../jobs/index.ts';
import type { Action, Outcome, Writers } from '../jobs/job.ts';
import { type BatchProgress, type BatchResult, type BatchTools, userKey } from './batch.ts';
import { doubt } from './ledger.ts';
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

/** The vendor said yes and nothing changed: whatever else is planned would have no effect either. */
export class NothingChanged extends OperatorError {
  override readonly name = 'NothingChanged';

  constructor({ subject, user }: Action) {
    super({
      problem: `The vendor accepted a write, but nothing changed (${subject} of ${user.username}). The run stopped before the rest.`,
      advice: "Look into the vendor's own log.",
    });
  }
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
    comparison: tools.comparison,
    userAt: (index) => userKey(actionAt(index).user),
    isGrave: (error) => error instanceof NothingChanged,
    perform(index) {
      const action = actionAt(index);
      if (!job.apply) throw new RangeError(`The batch has no action ${index} that can be applied.`);
      const { client, policy } = tools;
      const outcome = job.apply(action, { client, policy, now: tools.now(), plannedAt, recheck });
      return verify ? readBack(index, action, outcome) : outcome;
    },
    count(index, outcome) {
      if (outcome.status === 'failed') return fail(index, outcome.reason);
      tally.actions[outcome.status] += 1;
      tally.repeated += progress.ledger.doubts.get(index) ?? 0;
      if (outcome.status === 'applied') {
        progress.applied.push(index);
        batchLog.applied(actionAt(index));
      }
      if (outcome.status === 'skipped') batchLog.skipped(actionAt(index), outcome.reason);
    },
    fail,
  });

  function actionAt(index: number): Action {
    const action = actions[index];
    if (!action) throw new RangeError(`The batch has no action ${index}.`);
    return action;
  }

  async function readBack(index: number, action: Action, writing: Promise<Outcome>): Promise<Outcome> {
    const outcome = await writing;
    const { client, policy } = tools;
    if (outcome.status !== 'applied' || !job.confirm) return outcome;
    if (await confirmed(index, () => job.confirm?.(action, { client, policy, now: tools.now() })))
      return outcome;
    progress.ledger.pending.delete(index);
    fail(index, nothingChanged);
    throw new NothingChanged(action);
  }

  /** The write has been made: when the look at it fails, it is made once more, and that counts as repeated. */
  async function confirmed(index: number, look: () => Promise<boolean> | undefined) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof VendorError && !error.mayHaveGoneThrough) doubt(progress.ledger, index);
      throw error;
    }
  }

  function fail(index: number, reason: string): void {
    const action = actions[index];
    const user = action?.user.username ?? '';
    tally.actions.failed += 1;
    tally.repeated += progress.ledger.doubts.get(index) ?? 0;
    progress.failed.push(index);
    addFailure(tally, { user, ...(action ? { subject: action.subject } : {}), reason });
    batchLog.failed(user, action?.subject, reason);
  }
}

/** What an apply batch hands over; actions that are still pending were not reached. */
export function applyResult(progress: BatchProgress, stopped?: string): BatchResult {
  const { ledger, tally } = progress;
  tally.actions.notReached = ledger.pending.size;
  // What was tried and is given up may have been done all the same.
  for (const index of ledger.pending) tally.repeated += ledger.doubts.get(index) ?? 0;
  return { tally, ...(stopped === undefined ? {} : { stopped }) };
}

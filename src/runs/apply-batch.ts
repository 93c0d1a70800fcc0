import type { DateTime } from 'luxon';
import type { AnyJob } from '../jobs/index.ts';
import type { Action, Writers } from '../jobs/job.ts';
import type { BatchProgress, BatchResult, BatchTools } from './batch.ts';
import { addFailure } from './tally.ts';
import { workThrough } from './work-through.ts';

type Writer = Writers[keyof Writers];

/**
 * Applies the actions of an apply batch that are still pending.
 *
 * @throws what concerns everybody; `progress` then holds what was done so far
 */
export async function applyBatch(
  job: AnyJob,
  actions: readonly Action[],
  plan: { readonly plannedAt: DateTime; readonly recheck: boolean },
  progress: BatchProgress,
  tools: BatchTools<Writer>,
): Promise<void> {
  const { tally } = progress;
  const { journal } = tools;
  await workThrough(progress.ledger, {
    width: tools.width,
    signal: tools.signal,
    weather: tools.weather,
    record: tools.record,
    async perform(place) {
      const action = actions[place];
      if (!action || !job.apply)
        throw new RangeError(`The batch has no action ${place} that can be applied.`);
      const { client, policy } = tools;
      const outcome = await job.apply(action, { client, policy, now: tools.now(), ...plan });
      if (outcome.status === 'failed') return fail(place, outcome.reason);
      tally.actions[outcome.status] += 1;
      tally.repeated += progress.ledger.doubts.get(place) ?? 0;
      if (outcome.status === 'applied') journal.applied(action);
      else journal.skipped(action, outcome.reason);
    },
    fail,
  });

  function fail(place: number, reason: string): void {
    const action = actions[place];
    const user = action?.user.username ?? '';
    tally.actions.failed += 1;
    tally.repeated += progress.ledger.doubts.get(place) ?? 0;
    progress.failed.push(place);
    addFailure(tally, { user, ...(action ? { subject: action.subject } : {}), reason });
    journal.failed(user, action?.subject, reason);
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

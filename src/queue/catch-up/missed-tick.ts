import type { Job } from 'bullmq';
import { DateTime, type Duration } from 'luxon';
import { timeIn } from '../../domain/shown-time.ts';

/**
 * Why a tick is not run late, if it is not: BullMQ keeps the one tick that was overdue while no worker was up, and a
 * nightly run in the middle of the next day may do more harm than good.
 *
 * @param now in the zone of the people who read the reason
 */
export function missedReason(tick: Pick<Job, 'opts'>, catchUp: Duration, now: DateTime): string | undefined {
  const due = tick.opts.prevMillis;
  if (due === undefined) return undefined;
  const late = now.diff(DateTime.fromMillis(due));
  if (late <= catchUp) return undefined;
  return `missed: it was due at ${timeIn(now.zoneName ?? 'UTC', due)}, longer ago than CATCH_UP ${catchUp.toISO()} allows; the next run starts as scheduled`;
}

import type { Job } from 'bullmq';
import { DateTime, type Duration } from 'luxon';

/**
 * Why a tick is not run late, if it is not: BullMQ keeps the one tick that was overdue while no worker was up, and a
 * nightly run in the middle of the next day may do more harm than good.
 */
export function missedReason(tick: Pick<Job, 'opts'>, catchUp: Duration, now: DateTime): string | undefined {
  const due = tick.opts.prevMillis;
  if (due === undefined) return undefined;
  const late = now.diff(DateTime.fromMillis(due));
  if (late <= catchUp) return undefined;
  const dueAt = DateTime.fromMillis(due, { zone: 'utc' }).toISO({ suppressMilliseconds: true });
  return `missed: it was due at ${dueAt}, longer ago than CATCH_UP ${catchUp.toISO()} allows; the next run starts as scheduled`;
}

import { DateTime, type Duration } from 'luxon';

/** The moment so long before another, in epoch milliseconds. Days have 24 hours; months and years are those of UTC. */
export function before(atMs: number, duration: Duration): number {
  const known = lengths.get(duration);
  if (known && (known.fromMs === 'any' || known.fromMs === atMs)) return atMs - known.lengthMs;
  const isCalendar = duration.years !== 0 || duration.quarters !== 0 || duration.months !== 0;
  const at = DateTime.fromMillis(atMs, { zone: 'utc' });
  const lengthMs = isCalendar ? atMs - at.minus(duration).toMillis() : duration.toMillis();
  lengths.set(duration, { fromMs: isCalendar ? atMs : 'any', lengthMs });
  return atMs - lengthMs;
}

/**
 * How long the durations of a policy are, each as it was asked for last; where the calendar decides, back from one
 * moment. They are asked for at every device, and most devices are decided about at the same moment as the last.
 */
const lengths = new WeakMap<Duration, { readonly fromMs: number | 'any'; readonly lengthMs: number }>();

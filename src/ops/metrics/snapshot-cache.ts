import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import type { Crew } from '../../queue/context.ts';
import { wantedSchedules } from '../../queue/schedules/schedules.ts';
import { survey } from '../../queue/views/snapshot.ts';
import type { Standing } from './gauges.ts';

/** However many ask, Redis is asked this often at most. */
const askAgainAfterMs = 2_000;
/** A Redis that is away must not hold up what the process can tell of itself. */
const answersWithinMs = 1_000;

/** Opens the view of what stands in Redis; undefined when that does not answer at once. Reasons are logged, each once. */
export function openStanding(crew: Crew): () => Promise<Standing | undefined> {
  const { config, queues, log, now } = crew;
  const intervalsMs = Object.fromEntries(
    wantedSchedules(config).map(({ job, schedule, timeZone }) => [
      job,
      longestGapMs(schedule, timeZone, now()),
    ]),
  );
  let current: Promise<Standing | undefined> | undefined;
  let told = false;

  function look(): Promise<Standing | undefined> {
    const at = now();
    const found = survey(queues, at).then(
      (seen) => {
        told = false;
        return { ...seen, nowMs: at.toMillis(), intervalsMs };
      },
      (err: unknown) => {
        if (!told) log.warn({ err }, 'gauges not read');
        told = true;
        return undefined;
      },
    );
    // No second look before the first has come back: a Redis that hangs gets no pile of them.
    void found.finally(() => {
      setTimeout(() => {
        current = undefined;
      }, askAgainAfterMs).unref();
    });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), answersWithinMs);
    return Promise.race([found, promise]).finally(() => clearTimeout(timer));
  }

  return () => {
    current ??= look();
    return current;
  };
}

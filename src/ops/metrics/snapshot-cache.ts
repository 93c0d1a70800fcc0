import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { wantedSchedules } from '../../queue/schedules/schedules.ts';
import { takeSnapshot } from '../../queue/views/snapshot.ts';
import type { GaugeSnapshot } from './gauges.ts';

/** However many ask, Redis is asked this often at most. */
const askAgainAfterMs = 2_000;
/** A Redis that is away must not hold up what the process can tell of itself. */
const answersWithinMs = 1_000;

/** Opens the view of what stands in Redis; undefined when that does not answer at once. Reasons are logged, each once. */
export function createSnapshotCache(context: WorkerContext): () => Promise<GaugeSnapshot | undefined> {
  const { config, queues, log, now } = context;
  const intervalsMs = Object.fromEntries(
    wantedSchedules(config).map(({ job, schedule, timeZone }) => [
      job,
      longestGapMs(schedule, timeZone, now()),
    ]),
  );
  let current: Promise<GaugeSnapshot | undefined> | undefined;
  let told = false;

  function look(): Promise<GaugeSnapshot | undefined> {
    const at = now();
    const found = takeSnapshot(queues, at).then(
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

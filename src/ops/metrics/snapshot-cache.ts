import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { wantedSchedules } from '../../queue/schedules/schedules.ts';
import { takeSnapshot } from '../../queue/views/snapshot.ts';
import { isRefusal } from '../../redis/errors.ts';
import type { GaugeSnapshot } from './gauges.ts';

/** Redis is read once in so many milliseconds at most, however many ask. */
const readAgainAfterMs = 2_000;
/** A Redis that is down must not delay the metrics of the process itself. */
const deadlineMs = 1_000;

/** Creates what reads the snapshot of Redis: undefined when Redis does not respond in time. A failure is logged once, until a read succeeds. */
export function createSnapshotCache(context: WorkerContext): () => Promise<GaugeSnapshot | undefined> {
  const { config, queues, log, now } = context;
  const intervalsMs = Object.fromEntries(
    wantedSchedules(config).map(({ job, schedule, timeZone }) => [
      job,
      longestGapMs(schedule, timeZone, now()),
    ]),
  );
  let current: Promise<GaugeSnapshot | undefined> | undefined;
  let isLogged = false;

  function look(): Promise<GaugeSnapshot | undefined> {
    const at = now();
    const found = takeSnapshot(queues, at).then(
      (seen) => {
        isLogged = false;
        return { ...seen, nowMs: at.toMillis(), intervalsMs };
      },
      (err: unknown) => {
        // What Redis refuses is told by the watch of the connection.
        if (!isLogged && !isRefusal(err)) log.warn({ err }, 'gauges not read');
        isLogged = true;
        return undefined;
      },
    );
    // No second read before the first has ended: they would pile up at a Redis that hangs.
    void found.finally(() => {
      setTimeout(() => {
        current = undefined;
      }, readAgainAfterMs).unref();
    });
    return withDeadline(found, deadlineMs, undefined);
  }

  return () => {
    current ??= look();
    return current;
  };
}

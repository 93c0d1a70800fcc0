import type { DateTime } from 'luxon';
import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { scheduleStates } from '../../queue/schedules/schedule-state.ts';
import { foundSchedules, wantedSchedules } from '../../queue/schedules/schedules.ts';
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
  const wanted = wantedSchedules(config);
  const intervalsMs = Object.fromEntries(
    wanted.map(({ job, schedule, timeZone }) => [job, longestGapMs(schedule, timeZone, now())]),
  );
  let current: Promise<GaugeSnapshot | undefined> | undefined;
  let isLogged = false;

  function look(): Promise<GaugeSnapshot | undefined> {
    const at = now();
    const found = Promise.all([takeSnapshot(queues, at), ticksBeyond(at)]).then(
      ([seen, beyondMs]) => {
        isLogged = false;
        return { ...seen, nowMs: at.toMillis(), intervalsMs, beyondMs };
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

  async function ticksBeyond(at: DateTime): Promise<GaugeSnapshot['beyondMs']> {
    const states = await scheduleStates(queues.runs, wanted, await foundSchedules(queues.runs), { now: at });
    return Object.fromEntries(
      states.map(({ wanted: { job }, fault, queued, dueMs }) => [
        job,
        fault === 'tick-too-far' && queued !== undefined ? queued - dueMs : 0,
      ]),
    );
  }

  return () => {
    current ??= look();
    return current;
  };
}

import type { DateTime } from 'luxon';
import { nextTimes, scheduleText } from '../../config/schedule/schedule.ts';
import { vendors } from '../../domain/vendor.ts';
import { isRefusal } from '../../redis/errors.ts';
import type { WorkerContext } from '../context.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { shareOut } from '../vendors/concurrency.ts';
import { repairSchedules } from './repair-schedules.ts';
import { type FoundSchedule, foundSchedules, syncSchedules, wantedSchedules } from './schedules.ts';

/*
 * A Redis that was flushed, or replaced by one that is behind, has lost the schedules and the limits of the vendors'
 * queues, and nobody tells the workers. Each of them therefore looks, and restores what is missing.
 */

/** How often a worker looks without a reason. */
const lookEveryMs = 60_000;
/** How many next times of each schedule are told at the start. */
const timesTold = 3;

/**
 * Sets the schedules, and again whenever the connection comes back, and whenever all of them are gone. The last is looked
 * for from time to time only, and nothing else is set then but what does not tick: while a new configuration is rolled
 * out, old workers and new ones would take turns in setting theirs. By a clock that is not near that of Redis nothing is
 * set: all of it is made up for once the clock is right.
 */
export async function maintainSchedules(
  context: WorkerContext,
  stop: AbortSignal,
  everyMs = lookEveryMs,
): Promise<void> {
  const { config, queues, log, now } = context;
  const wanted = wantedSchedules(config);
  const isClockRight = createClockCheck(context);
  let looking = false;
  let lookAgain = false;
  /** Whether something was not set: because of the clock, or of a tick that somebody works on. */
  let owed = false;

  async function sync(): Promise<void> {
    owed = !(await isClockRight());
    if (owed || stop.aborted) return;
    const changes = await syncSchedules(queues.runs, wanted, now(), stop);
    owed = changes.owed !== undefined;
    if (changes.set.length + changes.removed.length > 0) log.info({ ...changes }, 'schedules in place');
    if (!stop.aborted) await restoreConcurrency(context);
    if (!stop.aborted) await repair(await foundSchedules(queues.runs));
  }

  const wasSetBack = createStepDetector(now);
  async function repair(found: readonly FoundSchedule[]): Promise<void> {
    await repairSchedules(context, found, stop, wasSetBack());
  }

  async function syncOrRepair(): Promise<void> {
    if (owed) return sync();
    if (!(await isClockRight())) return;
    const found = await foundSchedules(queues.runs);
    if (stop.aborted) return;
    await (found.length === 0 ? sync() : repair(found));
  }

  /** One look at a time: while Redis is away, each waits for it. */
  async function look(work: () => Promise<void>): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      await work();
    } catch (err) {
      // The watch of the connection tells what Redis refuses, and when it is over.
      if (!stop.aborted && !isRefusal(err)) log.error({ err }, 'schedules could not be set');
    }
    looking = false;
    if (!lookAgain || stop.aborted) return;
    lookAgain = false;
    await look(sync);
  }

  for (const { job, schedule, timeZone } of wanted) {
    const next = nextTimes(schedule, timeZone, now(), timesTold).map((time) => time.toISO());
    log.info({ job, schedule: scheduleText(schedule), timeZone, next }, 'schedule');
  }
  owed = !(await isClockRight());
  if (!owed) {
    const changes = await syncSchedules(queues.runs, wanted, now());
    owed = changes.owed !== undefined;
    log.info({ ...changes }, 'schedules in place');
    await repair(await foundSchedules(queues.runs));
  }
  // Only a Redis that came back is looked at in full again; a look that takes longer than the interval is no reason.
  const onReady = () => {
    if (looking) lookAgain = true;
    else void look(sync);
  };
  queues.redis.on('ready', onReady);
  const timer = setInterval(() => void look(syncOrRepair), everyMs);
  // What is opened last must not keep a process alive that has nothing else to do.
  timer.unref();
  stop.addEventListener('abort', () => {
    queues.redis.off('ready', onReady);
    clearInterval(timer);
  });
}

/** Asks whether our clock is near that of Redis. Tells once that it is not, and that it is again. */
function createClockCheck(context: WorkerContext): () => Promise<boolean> {
  let wasRight = true;
  return async () => {
    const trouble = await lookAtRedisClock(context);
    const isRight = trouble === undefined;
    if (!isRight && wasRight) {
      const reason = `${trouble.problem} ${trouble.advice}`;
      context.log.error({ reason }, 'no schedule is set by this clock');
    }
    if (isRight && !wasRight) context.log.info('the clock is right again');
    wasRight = isRight;
    return isRight;
  };
}

/** Tells whether the clock was set back by more than a minute since it was asked last. */
function createStepDetector(now: () => DateTime): () => boolean {
  // How far the clock of the day is ahead of the one that counts from the start of the process, which nobody sets.
  const ahead = () => now().toMillis() - performance.now();
  let last = ahead();
  return () => {
    const stepMs = ahead() - last;
    last += stepMs;
    return stepMs < -60_000;
  };
}

/** Sets the limit of batches at once of each vendor's queue that has none any more. One that is there may be lower on purpose. */
async function restoreConcurrency({ config, queues }: WorkerContext): Promise<void> {
  const configured = vendors.filter((vendor) => config[vendor] !== undefined);
  await Promise.all(
    configured.map(async (vendor) => {
      const queue = queues.vendors[vendor];
      if ((await queue.getGlobalConcurrency()) !== null) return;
      await queue.setGlobalConcurrency(shareOut(config[vendor]?.requestsInFlight ?? 1).batches);
    }),
  );
}

import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { between, type Random } from '../../../simulators/people/random.ts';
import { startedBy } from '../../../src/queue/records/runs/run-of-request.ts';
import type { Report } from '../../../src/runs/report.ts';
import type { Caretaker } from '../../support/caretaker.ts';
import { claim, type Figures } from '../claims.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';

export interface DueTimesSize {
  readonly dueTimes: number;
  readonly everySeconds: number;
  readonly replicas: number;
  /** The longest pause between two restarts of a worker. */
  readonly pauseMs: number;
}

type RunQueue = Queue<unknown, Report | null, string>;

/** A tick of the schedule: its due time, and the run that it started, if it has ended. */
interface Tick {
  readonly dueMs: number;
  readonly report: Report | undefined;
}

/** Replicas are restarted at random while a schedule ticks: every due time has one run, none has two. */
export function dueTimes(random: Random, size: DueTimesSize): Promise<Figures> {
  const { everySeconds, replicas } = size;
  const environment = {
    CARETAKER_MODE: 'observe',
    PURGE_WINDOWS_SCHEDULE: `*/${everySeconds} * * * * *`,
    CARETAKER_KEEP_RUNS: '100000',
  };
  return withFaultRig({ users: 10, environment }, async (rig) => {
    const queue: RunQueue = new Queue('caretaker-runs', { connection: rig.client, prefix: '{caretaker}' });
    const workers = await Promise.all(Array.from({ length: replicas }, () => rig.worker()));
    const restarts = await restartUntil(rig, random, size, workers, async () => {
      return (await ticksOf(queue)).length >= size.dueTimes;
    });
    claimOneEach(await settledTicks(queue), everySeconds);
    const { gapMs, caughtUp } = await allGone(rig, queue, size, workers);
    const runs = (await queue.getJobs(['completed'])).filter(
      ({ returnvalue, id }) => returnvalue?.run.id === id,
    );
    const ticks = await settledTicks(queue);
    claim(
      runs.length === ticks.length,
      `${ticks.length} due times were ticked, but there were ${runs.length} runs`,
    );
    return {
      'due times': ticks.length,
      runs: runs.length,
      replicas,
      restarts,
      'all gone for s': (gapMs / 1000).toFixed(1),
      'caught up': caughtUp,
    };
  });
}

async function restartUntil(
  rig: FaultRig,
  random: Random,
  { replicas, pauseMs }: DueTimesSize,
  workers: Caretaker[],
  enough: () => Promise<boolean>,
): Promise<number> {
  let restarts = 0;
  while (!(await enough())) {
    await delay(between(random, 0, pauseMs));
    const one = between(random, 0, replicas - 1);
    const answer = await workers[one]?.kill('SIGTERM');
    claim(answer?.code === 0, `a worker ended ${answer?.code} after SIGTERM`);
    workers[one] = await rig.worker();
    restarts += 1;
  }
  return restarts;
}

/** All workers are away over some due times: one run makes up for all of them. */
async function allGone(rig: FaultRig, queue: RunQueue, { everySeconds }: DueTimesSize, workers: Caretaker[]) {
  await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
  const goneAt = Date.now();
  const before = await ticksOf(queue);
  const last = Math.max(...before.map(({ dueMs }) => dueMs));
  await until('some due times are over', () => Date.now() > last + 3.5 * everySeconds * 1000);
  const backAt = Date.now();
  await Promise.all([rig.worker(), rig.worker()]);
  await until('the schedule ticks again', async () => (await ticksOf(queue)).length >= before.length + 3);
  const after = (await settledTicks(queue)).filter(({ dueMs }) => dueMs > last);
  const caughtUp = after.filter(({ dueMs }) => dueMs < backAt).length;
  claim(caughtUp === 1, `${caughtUp} runs made up for the due times while nobody was there, not one`);
  return { gapMs: backAt - goneAt, caughtUp };
}

/** The ticks so far, by the id that BullMQ gives them: `repeat:JOB:DUE`. */
async function ticksOf(queue: RunQueue): Promise<Tick[]> {
  const jobs = await queue.getJobs(['completed', 'failed']);
  const ticks = jobs.filter(({ id }) => id?.startsWith('repeat:purge-windows:'));
  const byId = new Map(jobs.map((job) => [job.id, job.returnvalue ?? undefined]));
  return ticks.map((tick) => ({
    dueMs: Number(tick.id?.split(':')[2]),
    report: tick.returnvalue ?? byId.get(startedBy(tick)),
  }));
}

/** The ticks, once the run of each has ended. */
async function settledTicks(queue: RunQueue): Promise<Tick[]> {
  let ticks = await ticksOf(queue);
  await until('every run has ended', async () => {
    ticks = await ticksOf(queue);
    return ticks.every(({ report }) => report !== undefined);
  });
  return ticks;
}

function claimOneEach(ticks: readonly Tick[], everySeconds: number): void {
  const due = ticks.map(({ dueMs }) => dueMs).sort((one, other) => one - other);
  const [first = 0] = due;
  due.forEach((dueMs, index) => {
    const wanted = first + index * everySeconds * 1000;
    claim(
      dueMs === wanted,
      `due time ${new Date(wanted).toISOString()} was missed or doubled: ${new Date(dueMs).toISOString()} came`,
    );
  });
  for (const { dueMs, report } of ticks) {
    claim(
      report?.run.status === 'completed',
      `the run due ${new Date(dueMs).toISOString()} is ${report?.run.status}: ${report?.run.reason}`,
    );
  }
}

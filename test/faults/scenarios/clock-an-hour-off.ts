import { setTimeout as delay } from 'node:timers/promises';
import { between, next, type Random } from '../../../simulators/people/random.ts';
import type { Report } from '../../../src/runs/report.ts';
import { claim, claimSums, claimWrites, type Figures, refreshes, writesOf } from '../claims.ts';
import { changedDevices, dueDevices, notRefreshed } from '../due.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';

export interface ClockSize {
  readonly users: number;
}

const hourMs = 3_600_000;
const entry = new URL('../shifted-clock.ts', import.meta.url).href;
/** One worker lives an hour in the future, beside Redis and the vendor, which do not: our own clock, luxon's and BullMQ's are put forward. */
const shifted = { NODE_OPTIONS: `--import=${entry}`, SHIFT_MS: String(hourMs) };

/** One of three workers has its clock an hour ahead, also while the vendor is down for a moment: it decides about nobody. */
export function clockAnHourOff(random: Random, { users }: ClockSize): Promise<Figures> {
  const environment = {
    REFRESH_TIMED_DEVICES_BATCH_SIZE: '10',
    PURGE_WINDOWS_SCHEDULE: '0 * * * *',
  };
  return withFaultRig({ users, frozen: true, environment }, async (rig) => {
    const { simulators } = rig;
    const { world, traffic, faults } = simulators.pointsharp;
    const begunAt = Date.now();
    const now = simulators.clock.now();
    const before = world.snapshotDevices();
    const due = dueDevices(simulators, now);
    faults.latencyMs = 5;
    const right = await Promise.all([rig.worker(), rig.worker()]);
    const id = await rig.trigger('refresh-timed-devices');
    await until('the run has begun', () => traffic.facts().requests > 0);
    const ahead = await rig.worker(shifted);
    const at = Math.floor(users * (0.1 + 0.5 * next(random)));
    await until(`the vendor got ${at} requests`, () => traffic.facts().requests >= at);
    const down = faults.add({ kind: 'reset' });
    await delay(between(random, 2000, 3000));
    faults.remove(down);
    const report = await rig.ended(id);
    claimSums(report, users);
    claimWrites(report, writesOf(simulators, ...refreshes));
    const missed = notRefreshed(simulators, due);
    claim(missed === 0, `${missed} due devices were not refreshed`);
    const early = changedDevices(simulators, before).filter(
      (device) => !due.some((one) => one.id === device),
    );
    claim(early.length === 0, `${early.length} devices were refreshed early`);

    const ends = await Promise.all([...right, ahead].map((worker) => worker.kill('SIGTERM')));
    claim(
      ends.every(({ code }) => code === 0),
      `workers ended ${ends.map(({ code }) => code).join(', ')} after SIGTERM`,
    );
    // The worker of the future does what is due within the hour; nobody may do it again.
    const dueByNow = Math.floor(Date.now() / hourMs) - Math.floor(begunAt / hourMs) + 1;
    const runs = await scheduledRuns(rig);
    claim(runs <= dueByNow, `${runs} runs for ${dueByNow} due times`);
    return {
      users,
      due: due.length,
      applied: report.actions.applied,
      repeated: report.repeated,
      'runs by schedule': runs,
    };
  });
}

/** How many runs the schedule has brought. */
async function scheduledRuns(rig: FaultRig): Promise<number> {
  const answer = await rig.run(['runs', '--json']);
  const reports = answer.json<Report[]>();
  return reports.filter(({ run }) => run.job === 'purge-windows' && run.trigger === 'schedule').length;
}

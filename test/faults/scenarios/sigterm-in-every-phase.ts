import { setTimeout as delay } from 'node:timers/promises';
import { between, chance, type Random } from '../../../simulators/people/random.ts';
import { claim, claimSums, claimWrites, type Figures, refreshes, writesOf } from '../claims.ts';
import { dueDevices, notRefreshed } from '../due.ts';
import { type FaultRig, withFaultRig } from '../fault-rig.ts';

export interface SigtermSize {
  readonly users: number;
  /** How long every request takes: the longer, the more workers one run sees. */
  readonly latencyMs: number;
  /** The longest that a worker lives. */
  readonly lifeMs: number;
}

/** So many workers in a row, and the run does not come forward. */
const mostWorkers = 400;

/** The only worker is told to stop at random moments, again and again, until the run has ended. */
export function sigtermInEveryPhase(random: Random, size: SigtermSize): Promise<Figures> {
  const { users } = size;
  const environment = {
    REFRESH_TIMED_DEVICES_BATCH_SIZE: '10',
    // Some batches are finished within it, some are handed back.
    CARETAKER_DRAIN_TIMEOUT: 'PT0.1S',
  };
  return withFaultRig({ users, frozen: true, environment }, async (rig) => {
    rig.simulators.pointsharp.faults.latencyMs = size.latencyMs;
    const due = dueDevices(rig.simulators, rig.simulators.clock.now());
    const id = await rig.trigger('refresh-timed-devices');
    const phases: Record<string, number> = {};
    let workers = 0;
    while ((await rig.field(id, 'finishedOn')) === null) {
      workers += 1;
      claim(workers <= mostWorkers, `run ${id} has not ended after ${mostWorkers} workers`);
      const worker = rig.start(['worker']);
      // Before it is ready, a signal meets a worker that has not begun.
      if (chance(random, 0.9)) await worker.says('worker ready');
      else await worker.says('schedules in place');
      await delay(between(random, 0, size.lifeMs));
      const phase = await phaseOf(rig, id);
      const { code, errors } = await worker.kill('SIGTERM');
      claim(code === 0, `a worker ended ${code} after SIGTERM in phase ${phase}: ${errors}`);
      phases[phase] = (phases[phase] ?? 0) + 1;
    }
    const report = await rig.ended(id);
    claimSums(report, users);
    claimWrites(report, writesOf(rig.simulators, ...refreshes));
    const missed = notRefreshed(rig.simulators, due);
    claim(missed === 0, `${missed} due devices were not refreshed`);
    return {
      users,
      workers,
      ...Object.fromEntries(Object.entries(phases).map(([phase, count]) => [`in ${phase}`, count])),
      applied: report.actions.applied,
      written: writesOf(rig.simulators, ...refreshes),
      repeated: report.repeated,
    };
  });
}

async function phaseOf(rig: FaultRig, id: string): Promise<string> {
  return (await rig.state(id))?.phase ?? 'beginning';
}

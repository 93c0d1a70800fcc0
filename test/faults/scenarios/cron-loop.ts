import { setTimeout as delay } from 'node:timers/promises';
import { between, chance, type Random } from '../../../simulators/people/random.ts';
import type { Report } from '../../../src/runs/report.ts';
import { claim, claimPlaces, type Figures, purges, writesOf } from '../claims.ts';
import { type FaultRig, withFaultRig } from '../fault-rig.ts';

export interface CronLoopSize {
  readonly users: number;
  readonly ticks: number;
  readonly everyMs: number;
}

const command = ['run', 'purge-windows', '--json'];
/** Makes a run wait for a person, for half a second. */
const held = {
  PURGE_WINDOWS_MAX_ACTIONS: '1',
  PURGE_WINDOWS_HOLD_ON: 'max-actions',
  CARETAKER_HOLD_FOR: 'PT0.5S',
};

/**
 * No worker anywhere: a command starts every few seconds. Some are killed, some told to stop, some held and then
 * approved, rejected or left to expire. Every tick that lives ends in a report, and none keeps the next from its own.
 */
export function cronLoop(random: Random, { users, ticks, everyMs }: CronLoopSize): Promise<Figures> {
  const environment = { POINTSHARP_REQUESTS_PER_SECOND: '60', POINTSHARP_REQUESTS_IN_FLIGHT: '4' };
  return withFaultRig({ users, environment }, async (rig) => {
    const fates: Record<string, number> = {};
    const going: Promise<void>[] = [];
    for (let tick = 0; tick < ticks; tick += 1) {
      going.push(playTick(rig, random, fates));
      await delay(everyMs);
    }
    await Promise.all(going);
    const last = await rig.run(command, { POINTSHARP_REQUESTS_PER_SECOND: '0' });
    claim(last.code === 0, `after all ticks a run ended ${last.code}: ${last.errors}`);

    const reports = (await rig.run(['runs', '--json', '--count', '1000'])).json<Report[]>();
    let applied = 0;
    let repeated = 0;
    for (const report of reports) {
      claim(report.run.status !== 'running', `run ${report.run.id} is still under way`);
      claimPlaces(report, report.users.selected);
      applied += report.actions.applied;
      repeated += report.repeated;
    }
    const written = rig.simulators.pointsharp.traffic.facts().requests;
    claim(
      applied <= written && written <= applied + repeated,
      `the vendor counted ${written} writes, the reports ${applied} applied and ${repeated} repeated`,
    );
    const purged = writesOf(rig.simulators, ...purges);
    claim(purged >= users, `only ${purged} purges were carried out`);
    return { ticks, ...fates, reports: reports.length, applied, written, repeated };
  });
}

/** One tick, and what becomes of it. */
async function playTick(rig: FaultRig, random: Random, fates: Record<string, number>): Promise<void> {
  const isHeld = chance(random, 0.3);
  const signal = chance(random, 0.3) ? 'SIGKILL' : chance(random, 0.2) ? 'SIGINT' : undefined;
  const afterMs = between(random, 200, 1500);
  const decision = chance(random, 0.5) ? 'approve' : 'reject';
  const child = rig.start(command, isHeld ? held : {});
  if (signal !== undefined && !isHeld) {
    await delay(afterMs);
    child.process.kill(signal);
  }
  const { code, output, errors } = await child.ended;
  const count = (fate: string) => {
    fates[fate] = (fates[fate] ?? 0) + 1;
  };
  if (code === null) return count('killed');
  // Told to stop before it listened: it ends as every process does.
  if (output === '') {
    claim(signal === 'SIGINT', `a tick ended ${code} without a report: ${errors}`);
    return count('interrupted');
  }
  const { run } = JSON.parse(output) as Report;
  count(run.status);
  // Too late is right as well: whoever comes next has ended it.
  if (run.status === 'held') await rig.run([decision, run.id]);
}

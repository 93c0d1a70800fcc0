import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Random } from '../../../simulators/people/random.ts';
import { claim, claimPlaces, claimSums, type Figures } from '../claims.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';

export interface DeadlyRunSize {
  readonly users: number;
}

/** Every worker dies of the same run, which is to end, and the other jobs of that night go on. */
export function deadlyRun(_random: Random, { users }: DeadlyRunSize): Promise<Figures> {
  return withFaultRig({ users, frozen: true }, async (rig) => {
    const refresh = await rig.trigger('refresh-timed-devices');
    await killTwice(rig, refresh);
    const { run, ...report } = await rig.ended(refresh);
    claimPlaces({ run, ...report }, report.users.selected);
    claim(run.status === 'failed', `the run that killed two workers is ${run.status} (${run.reason})`);
    const isSaid = /2 workers were lost .* Raise --max-old-space-size in NODE_OPTIONS/.test(run.reason ?? '');
    claim(isSaid, `its reason does not say what happened and what to do: ${run.reason}`);
    const others = await Promise.all([rig.trigger('purge-windows'), rig.trigger('audit-pocket', 'observe')]);
    const ends: Record<string, string> = {};
    for (const other of others) {
      const ended = await rig.ended(other);
      claimSums(ended, users);
      ends[ended.run.job] = ended.run.status;
    }
    return { users, ...ends, reason: JSON.stringify(run.reason) };
  });
}

/** A roster in a pipe that nobody writes to: the run gets to no second place, and a kill always meets it at its first. */
async function killTwice(rig: FaultRig, refresh: string): Promise<void> {
  const pipe = join(rig.folder, 'roster.pipe');
  execFileSync('mkfifo', [pipe]);
  const first = await rig.worker({ CARETAKER_ROSTER: pipe });
  await until('the run has begun', async () => (await rig.state(refresh)) !== undefined);
  await first.kill('SIGKILL');
  const second = await rig.worker({ CARETAKER_ROSTER: pipe });
  // Killed before it has noted where it took the run up, it would not count.
  const noted = `{caretaker}:lost-workers:${refresh}`;
  await until('the run was taken over', async () => (await rig.client.exists(noted)) === 1);
  await second.kill('SIGKILL');
  await rig.worker();
}

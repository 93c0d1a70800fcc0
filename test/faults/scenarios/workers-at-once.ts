import { chance, type Random } from '../../../simulators/people/random.ts';
import { jobNames } from '../../../src/jobs/index.ts';
import type { Caretaker } from '../../support/caretaker.ts';
import { claim, type Figures } from '../claims.ts';
import { type FaultRig, runsPrefix, withFaultRig } from '../fault-rig.ts';

export interface AtOnceSize {
  readonly rounds: number;
  readonly replicas: number;
}

const jobs = [...jobNames].sort();

/** Workers start together, again and again, over one Redis: every schedule is there once, with one tick to come. */
export function workersAtOnce(random: Random, { rounds, replicas }: AtOnceSize): Promise<Figures> {
  return withFaultRig({ users: 10 }, async (rig) => {
    let flushed = 0;
    let killed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const workers = await Promise.all(Array.from({ length: replicas }, () => rig.worker()));
      await claimSchedules(rig);
      killed += await stopAll(random, workers);
      await claimSchedules(rig);
      if (!chance(random, 0.3)) continue;
      flushed += 1;
      await rig.client.flushall();
    }
    return { rounds, replicas, 'killed workers': killed, 'flushed between': flushed };
  });
}

async function claimSchedules({ client }: FaultRig): Promise<void> {
  const found = await client.zrange(`${runsPrefix}:repeat`, '0', '-1');
  claim(found.sort().join() === jobs.join(), `the schedules are ${found.join(', ')}, not each job once`);
  const ticks = (await client.zrange(`${runsPrefix}:delayed`, '0', '-1')).map((id) => id.split(':')[1] ?? id);
  claim(ticks.sort().join() === jobs.join(), `ticks to come are ${ticks.join(', ')}, not one for each job`);
}

/** Some are told to stop, some are killed. */
async function stopAll(random: Random, workers: readonly Caretaker[]): Promise<number> {
  const signals = workers.map(() => (chance(random, 0.5) ? 'SIGKILL' : 'SIGTERM'));
  await Promise.all(workers.map((worker, index) => worker.kill(signals[index] ?? 'SIGKILL')));
  return signals.filter((signal) => signal === 'SIGKILL').length;
}

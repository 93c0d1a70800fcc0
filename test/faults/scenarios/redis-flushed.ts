import { next, type Random } from '../../../simulators/people/random.ts';
import { jobNames } from '../../../src/jobs/index.ts';
import { claim, claimSums, claimWrites, type Figures, purges, writesOf } from '../claims.ts';
import { type FaultRig, runsPrefix, until, withFaultRig } from '../fault-rig.ts';

export interface FlushedSize {
  readonly users: number;
  /** `restart`: Redis comes back empty, as after a failover. `flush`: it stays up, and nobody is told. */
  readonly loss: 'restart' | 'flush';
}

/** Workers look after their schedules every minute; so long at most may they be gone. */
const noticedWithinMs = 150_000;
const requestsInFlight = 8;

/** Redis loses everything between two runs, with workers up: schedules and limits come back, the next run works. */
export function redisFlushed(random: Random, { users, loss }: FlushedSize): Promise<Figures> {
  return withFaultRig(
    { users, frozen: true, environment: { PURGE_WINDOWS_BATCH_SIZE: '10' } },
    async (rig) => {
      const { traffic, faults } = rig.simulators.pointsharp;
      await Promise.all([rig.worker(), rig.worker(), rig.worker()]);
      claimSums(await rig.ended(await rig.trigger('purge-windows')), users);
      const wanted = jobNames.length;
      claim((await schedules(rig)) === wanted, `${await schedules(rig)} schedules are there, not ${wanted}`);

      const before = performance.now();
      if (loss === 'flush') await rig.client.flushall();
      else await rig.redis.restart();
      await until(
        'the schedules are there again',
        async () => (await schedules(rig)) === wanted,
        noticedWithinMs,
      );
      const seconds = (performance.now() - before) / 1000;

      rig.simulators.reset();
      traffic.reset();
      faults.latencyMs = 10 + Math.floor(20 * next(random));
      const report = await rig.ended(await rig.trigger('purge-windows'));
      claimSums(report, users);
      claimWrites(report, writesOf(rig.simulators, ...purges));
      const { inFlightPeak } = traffic.facts();
      claim(
        inFlightPeak <= requestsInFlight,
        `${inFlightPeak} requests were under way at once after ${loss}, ${requestsInFlight} are allowed`,
      );
      return { users, loss, 'schedules back after s': seconds.toFixed(1), 'in flight at most': inFlightPeak };
    },
  );
}

function schedules({ client }: FaultRig): Promise<number> {
  return client.zcard(`${runsPrefix}:repeat`);
}

import { Redis } from 'ioredis';
import { between, next, type Random } from '../../../simulators/people/random.ts';
import { startPrivateSentinel } from '../../../simulators/redis/sentinel.ts';
import { claim, claimSums, type Figures, refreshes, writesOf } from '../claims.ts';
import { dueDevices, notRefreshed } from '../due.ts';
import { until, withFaultRig } from '../fault-rig.ts';

export interface FailoverSize {
  readonly users: number;
  /** How many times a master is lost, each within a run of its own. */
  readonly failovers: number;
}

const batchSize = 10;
/** A batch ends sooner, and that is written down. */
const laggingWithinMs = 10_000;
/** As many batches are at work at once. */
const batchesInFlight = 8;

/** A replica that lagged behind becomes the master: it has forgotten what was written down last, and nobody is told. */
export async function failoverForgets(random: Random, { users, failovers }: FailoverSize): Promise<Figures> {
  let [forgotten, again] = [0, 0];
  for (let round = 0; round < failovers; round += 1) {
    const figures = await failOver(random, users);
    forgotten += figures.forgotten;
    again += figures.again;
  }
  return { users, failovers, 'requests while the replica lagged': forgotten, 'requests made again': again };
}

/** How far a server is in what is replicated, in bytes. */
async function offsetOf(server: Redis): Promise<number> {
  return Number(/master_repl_offset:(\d+)/.exec(await server.info('replication'))?.[1]);
}

async function failOver(random: Random, users: number): Promise<{ forgotten: number; again: number }> {
  const redis = await startPrivateSentinel();
  const replica = new Redis(redis.replica.socketPath);
  const master = new Redis(redis.master.socketPath, { retryStrategy: () => null });
  master.on('error', () => {});
  const environment = {
    REDIS_URL: 'redis://nowhere.invalid',
    REDIS_SENTINELS: redis.address,
    REDIS_SENTINEL_NAME: redis.name,
    REFRESH_TIMED_DEVICES_BATCH_SIZE: String(batchSize),
  };
  try {
    return await withFaultRig({ users, frozen: true, environment }, async (rig) => {
      const { simulators } = rig;
      const { traffic, faults } = simulators.pointsharp;
      const due = dueDevices(simulators, simulators.clock.now());
      faults.latencyMs = 20;
      const worker = await rig.worker();
      const id = await rig.trigger('refresh-timed-devices');
      const whole = users + due.length;
      const cutAt = Math.floor(whole * (0.02 + 0.8 * next(random)));
      const killAt = Math.min(cutAt + between(random, 1, 100), whole - 1);
      await until(`the vendor got ${cutAt} requests`, () => traffic.facts().requests >= cutAt);
      await replica.replicaof('NO', 'ONE');
      const before = traffic.facts().requests;
      await until(`the vendor got ${killAt} requests`, () => traffic.facts().requests >= killAt);
      await until(
        'the replica lags behind',
        async () => (await offsetOf(master)) > (await offsetOf(replica)),
        laggingWithinMs,
      );
      await redis.master.kill();
      const forgotten = traffic.facts().requests - before;
      await worker.says('run finished');
      const report = await rig.report(id);

      claimSums(report, users);
      const missed = notRefreshed(simulators, due);
      claim(missed === 0, `${missed} due devices were not refreshed`);
      const { perUser, requests, violations } = traffic.facts();
      claim(perUser.min >= 1, 'somebody was not asked');
      claim(violations.total === 0, `the vendor objected: ${violations.first.join('; ')}`);
      const written = writesOf(simulators, ...refreshes);
      claim(
        written >= report.actions.applied,
        `the vendor counted ${written} writes, the report ${report.actions.applied}`,
      );
      const again = requests - (report.requests.pointsharp ?? 0);
      // Batches at work when the replica stopped to follow begin anew, and so do those that the dead master had at work.
      const most = forgotten + 2 * batchesInFlight * batchSize;
      claim(again <= most, `${again} requests were made again after a failover, ${most} could be forgotten`);
      return { forgotten, again };
    });
  } finally {
    for (const client of [master, replica]) client.disconnect();
    await redis.stop();
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

/** A master and its replica, monitored by one Sentinel that makes the replica the master when the master is gone. */
export interface PrivateSentinel {
  readonly master: PrivateRedis;
  readonly replica: PrivateRedis;
  readonly sentinel: PrivateRedis;
  /** What the Sentinel calls the master. */
  readonly name: string;
  /** `127.0.0.1:PORT` of the Sentinel. */
  readonly address: string;
  stop(): Promise<void>;
}

const name = 'mymaster';
const lookAgainMs = 20;
const replicaPatienceMs = 30_000;

/** Starts the three of them and waits until the Sentinel could fail over. */
export async function startPrivateSentinel(): Promise<PrivateSentinel> {
  const started: PrivateRedis[] = [];
  async function start(...[options]: Parameters<typeof startPrivateRedis>): Promise<PrivateRedis> {
    const redis = await startPrivateRedis(options);
    started.push(redis);
    return redis;
  }
  const stop = async () => {
    await Promise.all(started.map((redis) => redis.stop()));
  };
  try {
    const master = await start({ port: true, settings: { 'repl-diskless-sync-delay': '0' } });
    const replica = await start({ port: true });
    const { hostname, port } = new URL(master.url);
    await ask(replica, (client) => client.replicaof(hostname, port));
    await until(replica, (client) => client.info('replication'), 'master_link_status:up');
    await ask(master, reachesReplica);
    const lines = [
      `sentinel monitor ${name} ${hostname} ${port} 1`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 2000`,
    ];
    const sentinel = await start({ port: true, sentinel: `${lines.join('\n')}\n` });
    await until(sentinel, (client) => client.call('SENTINEL', 'MASTER', name), 'num-slaves,1');
    return { master, replica, sentinel, name, address: new URL(sentinel.url).host, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the replica has what is written: for up to a second after its link is up, the master sends it nothing. */
async function reachesReplica(client: Redis): Promise<void> {
  await client.multi().set(name, '').del(name).exec();
  if ((await client.wait(1, replicaPatienceMs)) !== 1)
    throw new Error('The replica does not follow its master.');
}

async function ask<T>({ socketPath }: PrivateRedis, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(socketPath, { enableReadyCheck: false });
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function until(
  redis: PrivateRedis,
  question: (client: Redis) => Promise<unknown>,
  expected: string,
): Promise<void> {
  while (!String(await ask(redis, question)).includes(expected)) await delay(lookAgainMs);
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import type { PrivateRedis } from '../../simulators/redis/private-redis.ts';

/** A way in which a Redis that is there says no. */
export interface RefusalCase {
  /** The code of its replies. */
  readonly code: string;
  /** A part of the advice that only this one has. */
  readonly advice: string;
  begin(redis: PrivateRedis, client: Redis): Promise<unknown>;
  end(redis: PrivateRedis, client: Redis): Promise<unknown>;
}

const set = (client: Redis, name: string, value: string | number) => client.config('SET', name, value);

/** Where a Redis wants to write its snapshot; a folder there is in its way. */
const snapshot = ({ socketPath }: PrivateRedis) => join(dirname(socketPath), 'dump.rdb');

/** Settings and keys with which a Redis takes some seconds to read its data, at every restart. */
export const slowToLoad = { 'key-load-delay': '3000', 'loading-process-events-interval-bytes': '1024' };
const filler = 2_500;
const restarts = new WeakMap<PrivateRedis, Promise<void>>();

/** The refusals that a real Redis can be brought to, and from. */
export const refusalCases = {
  OOM: {
    code: 'OOM',
    advice: 'raise its maxmemory',
    begin: (_, client) => set(client, 'maxmemory', 1),
    end: (_, client) => set(client, 'maxmemory', 0),
  },
  MISCONF: {
    code: 'MISCONF',
    advice: 'It cannot save to its disk',
    async begin(redis, client) {
      await mkdir(snapshot(redis));
      await writeFile(join(snapshot(redis), 'in-the-way'), '');
      await set(client, 'save', '3600 1');
      await client.bgsave();
      while (!(await client.info('persistence')).includes('rdb_last_bgsave_status:err'));
    },
    async end(redis, client) {
      await rm(snapshot(redis), { recursive: true });
      await client.bgsave();
      while (!(await client.info('persistence')).includes('rdb_last_bgsave_status:ok'));
      await set(client, 'save', '');
      await rm(snapshot(redis));
    },
  },
  NOREPLICAS: {
    code: 'NOREPLICAS',
    advice: 'lower its min-replicas-to-write',
    begin: (_, client) => set(client, 'min-replicas-to-write', 1),
    end: (_, client) => set(client, 'min-replicas-to-write', 0),
  },
  NOPERM: {
    code: 'NOPERM',
    advice: 'Give its user the rights',
    begin: (_, client) => client.acl('SETUSER', 'default', '-evalsha'),
    end: (_, client) => client.acl('SETUSER', 'default', '+evalsha'),
  },
  READONLY: {
    code: 'READONLY',
    advice: 'It is a replica: name the master',
    begin: (_, client) => client.replicaof('127.0.0.1', 9),
    end: (_, client) => client.replicaof('NO', 'ONE'),
  },
  MASTERDOWN: {
    code: 'MASTERDOWN',
    advice: 'It is a replica without a master',
    async begin(_, client) {
      await set(client, 'replica-serve-stale-data', 'no');
      await client.replicaof('127.0.0.1', 9);
    },
    async end(_, client) {
      await client.replicaof('NO', 'ONE');
      await set(client, 'replica-serve-stale-data', 'yes');
    },
  },
  BUSY: {
    code: 'BUSY',
    advice: 'SCRIPT KILL',
    async begin(_, client) {
      await set(client, 'busy-reply-threshold', 100);
      const other = client.duplicate();
      other
        .eval('while true do end', 0)
        .catch(() => {})
        .finally(() => other.disconnect());
      while (
        await client.get('busy').then(
          () => true,
          () => false,
        )
      );
    },
    end: (_, client) => client.script('KILL'),
  },
  LOADING: {
    code: 'LOADING',
    advice: 'It is reading its data from disk',
    async begin(redis, client) {
      if ((await client.dbsize()) < filler) {
        const fill = client.pipeline();
        for (let key = 0; key < filler; key += 1) fill.set(`filler:${key}`, key);
        await fill.exec();
      }
      await client.save();
      const restarted = redis.restart();
      restarted.catch(() => {});
      restarts.set(redis, restarted);
    },
    end: async (redis) => restarts.get(redis),
  },
} satisfies Readonly<Record<string, RefusalCase>>;

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import type { TrafficFacts } from '../simulators/http/traffic.ts';
import { createPeople, type People } from '../simulators/people/people.ts';
import { rosterCsv } from '../simulators/people/roster.ts';
import { type PrivateRedis, startPrivateRedis } from '../simulators/redis/private-redis.ts';

/** What all experiments stand on: one Redis, both vendors in one process, rosters of any size. */
export interface Fixture {
  readonly redis: PrivateRedis;
  readonly client: Redis;
  readonly folder: string;
  /** Everybody whom the vendors know. */
  readonly people: People;
  readonly vendors: Readonly<Record<'pointsharp' | 'superoffice', string>>;
  /** The environment of a contender: everything it may know. */
  readonly environment: Readonly<Record<string, string>>;
  /** The first so many users of the world as a CSV file. */
  roster(users: number): Promise<string>;
  /** Worlds and counters as at the beginning, nothing in Redis, and this latency. */
  reset(latencyMs?: number): Promise<void>;
  traffic(vendor?: 'pointsharp' | 'superoffice'): Promise<TrafficFacts>;
  close(): Promise<void>;
}

/** Requests in flight of every contender that can have several. */
export const inFlight = 64;
/** What a pod of k8s/ is given. */
export const podHeap = { NODE_OPTIONS: '--max-old-space-size=192 --max-semi-space-size=16' };
const seed = 1;
const users = 1_000_000;
const devicesPerUser = 5;

/** The program, as an operator calls it. */
export const caretaker = [process.execPath, fileURLToPath(new URL('../src/caretaker.ts', import.meta.url))];

export async function openFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-bench-'));
  const redis = await startPrivateRedis({ port: true });
  const client = new Redis(redis.socketPath);
  const simulators = await startVendors();
  const people = createPeople(seed, users);
  const rosters = new Map<number, string>();

  async function control(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(new URL(path, simulators.control), {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  return {
    redis,
    client,
    folder,
    people,
    vendors: simulators,
    environment: {
      REDIS_URL: redis.url,
      CARETAKER_MODE: 'enforce',
      POINTSHARP_URL: simulators.pointsharp,
      POINTSHARP_REQUESTS_IN_FLIGHT: String(inFlight),
      POINTSHARP_REQUESTS_PER_SECOND: '0',
      SUPEROFFICE_URL: simulators.superoffice,
      SUPEROFFICE_USERNAME: 'caretaker',
      SUPEROFFICE_PASSWORD: 'simulated',
      SUPEROFFICE_REQUESTS_IN_FLIGHT: String(inFlight),
      SUPEROFFICE_REQUESTS_PER_SECOND: '0',
      REFRESH_TIMED_DEVICES_UNIT: 'days',
      PURGE_WINDOWS_MAX_ACTIONS: '10000000',
      REFRESH_TIMED_DEVICES_MAX_ACTIONS: '10000000',
      REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    },
    async roster(count) {
      const known = rosters.get(count);
      if (known) return known;
      const path = join(folder, `${count}.csv`);
      await writeFile(path, rosterCsv(people, count));
      rosters.set(count, path);
      return path;
    },
    async reset(latencyMs = 0) {
      await client.flushall();
      await control('DELETE', 'faults');
      await control('POST', 'reset');
      await control('POST', 'counters/reset');
      for (const vendor of ['pointsharp', 'superoffice'])
        await control('POST', 'faults', { vendor, latencyMs });
    },
    async traffic(vendor = 'pointsharp') {
      return ((await control('GET', 'facts?only=traffic')) as Record<string, TrafficFacts>)[
        vendor
      ] as TrafficFacts;
    },
    async close() {
      simulators.end();
      client.disconnect();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Both vendors in a process of their own, over the world of all experiments or its first users. */
export async function startVendors(count = users) {
  const script = fileURLToPath(new URL('simulators.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ seed, users: count, devicesPerUser })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const urls = JSON.parse(line) as { pointsharp: string; superoffice: string; control: string };
    return { ...urls, end: () => child.kill() };
  }
  throw new Error('The simulators ended before they said where they are.');
}

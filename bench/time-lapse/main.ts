import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { page } from './page.ts';
import { drawLapses } from './picture.ts';
import { liveThrough, prove } from './proofs.ts';
import { wholeWorld } from './scenarios.ts';
import { totalTable, weekTable } from './tables.ts';

/*
 * Lives through the whole world in every scenario, prints what happened, and writes docs/time-lapse.md and
 * docs/time-lapse.svg. Exit code 1: something that it has to show did not show.
 */

const docs = join(import.meta.dirname, '../../docs');
const startedMs = performance.now();
const { users, days } = wholeWorld;

print(
  `${users} people, ${days} days, without caretaker and with it in five set-ups. Pointsharp ID is simulated.\n`,
);
const courses = await withStore((store) => liveThrough(wholeWorld, store));
const proofs = prove(courses);
const { without, defaults } = courses;

print(
  `Notifications sent per week, without → with\n\n${weekTable('notification', without.lapse, defaults.lapse)}\n`,
);
print(
  `Devices timed out per week, without → with\n\n${weekTable('timeout', without.lapse, defaults.lapse)}\n`,
);
const totals = totalTable(Object.values(courses).map(({ title, lapse }) => [title, lapse]));
print(`Notifications / time-outs in all ${days} days\n\n${totals}\n`);
for (const { claim, holds } of proofs) print(`${holds ? 'shown' : 'NOT SHOWN'}: ${claim}`);

writeFileSync(join(docs, 'time-lapse.svg'), drawLapses(without.lapse, defaults.lapse));
writeFileSync(join(docs, 'time-lapse.md'), page(courses, proofs));
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
print(`\ndocs/time-lapse.md and docs/time-lapse.svg are written. ${seconds} s.`);
if (proofs.some(({ holds }) => !holds)) process.exitCode = 1;

/** Whom runs need not ask is kept in a Redis, as in production. */
async function withStore<T>(
  use: (store: { readonly redis: Redis; readonly prefix: string }) => Promise<T>,
): Promise<T> {
  const server = await startPrivateRedis();
  const redis = new Redis(server.socketPath);
  try {
    return await use({ redis, prefix: '{time-lapse}' });
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

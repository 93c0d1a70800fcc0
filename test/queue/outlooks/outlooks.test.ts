import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import type { User } from '../../../src/domain/user.ts';
import { findJob } from '../../../src/jobs/index.ts';
import { type KeptOutlooks, outlooksOf } from '../../../src/queue/outlooks/outlooks.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = DateTime.fromISO('2026-06-01T03:45:00Z', { zone: 'utc' });
const usersOf = (count: number): User[] =>
  Array.from({ length: count }, (_, index) => ({ username: `user ${index}`, userStorageName: 'AD' }));
const policy = { unit: 'days', rereadAfter: 'P7D' };

function open(environment: Readonly<Record<string, string>> = {}) {
  const { context, another } = openQueueFixture(redis(), { environment });
  const job = findJob('refresh-timed-devices');
  if (!job) throw new Error('There is no job refresh-timed-devices.');
  const made = (texts: Readonly<Record<string, string>> = policy, from = context) => {
    const outlooks = outlooksOf(from, job, texts);
    if (!outlooks) throw new Error('This policy asks everybody.');
    return outlooks;
  };
  return { context, another, job, made, ...context.queues };
}

/** A run that asks these users and finds nothing due before `nothingBefore`; devices are due `newAfter` days after their start. */
async function ask(
  outlooks: KeptOutlooks,
  users: readonly User[],
  at: DateTime,
  { days = 60, newAfter = 20 } = {},
) {
  await outlooks.begin(users.length, at);
  const askedMs = at.toMillis();
  const seen = users.map((user) => ({
    user,
    askedMs,
    nothingBeforeMs: askedMs + days * dayMs,
    newAfterMs: newAfter * dayMs,
  }));
  await outlooks.remember(seen, at);
  await outlooks.finish(users.length);
}

/** After how many days a user is asked again, looked at every hour; undefined: not within 40 days. */
async function asksAgainAfter(outlooks: KeptOutlooks, user: User, at = start): Promise<number | undefined> {
  for (let hours = 0; hours <= 40 * 24; hours += 1) {
    if ((await outlooks.known([user], at.plus({ hours }))).size === 0) return hours / 24;
  }
  return undefined;
}

const [kari = { username: '' }, ola = { username: '' }] = usersOf(2);

it.each([
  ['the longest wait', {}, 7],
  ['the moment at which a device of his can be due', { days: 3 }, 3],
  ['the moment at which a new device can be due', { newAfter: 5.5 }, 5.5],
])('a user is asked again after %s, rounded down to the hour', async (_, found, days) => {
  const { made } = open();
  await ask(made(), [kari, ola], start, found);
  expect([...(await made().known([ola, kari], start)).keys()]).toEqual([0, 1]);
  const [until] = (await made().known([ola], start)).values();
  expect(until).toBe(start.startOf('hour').toMillis() + days * dayMs);
  const after = await asksAgainAfter(made(), kari);
  expect(after).toBeGreaterThan(days - 1 / 24);
  expect(after).toBeLessThanOrEqual(days);
});

it('a user who was asked and is due, or of whom nothing is known, is asked at the next run; whoever else is not, is not', async () => {
  const { made } = open();
  await ask(made(), [kari, ola], start);
  const next = start.plus({ days: 1 });
  await made().remember([{ user: kari, askedMs: next.toMillis(), newAfterMs: 20 * dayMs }], next);
  expect([
    ...(await made().known([kari, ola, { username: 'new' }, { username: 'user 1' }], next)).keys(),
  ]).toEqual([1]);
});

it('what was seen in the period before counts until its moment, and what is seen anew takes its place', async () => {
  const { made, redis: client, prefix } = open();
  // Some hours before the period of 7 days ends.
  const weekHours = 7 * 24;
  const late = DateTime.fromMillis(
    (Math.floor(start.toMillis() / hourMs / weekHours + 1) * weekHours - 2) * hourMs,
  );
  await ask(made(), [kari], late);
  const next = late.plus({ days: 1 });
  expect((await made().known([kari], next)).size).toBe(1);
  await made().remember([{ user: kari, askedMs: next.toMillis() }], next);
  expect((await made().known([kari], next)).size).toBe(0);
  const shards = await client.keys(`${prefix}:outlooks:refresh-timed-devices:*`);
  expect(shards).toEqual([]);
});

it('nobody is spared before a whole run has shown how soon a new device can be due', async () => {
  const { made } = open();
  await made().begin(1, start);
  await made().remember(
    [{ user: kari, askedMs: start.toMillis(), nothingBeforeMs: Number.POSITIVE_INFINITY }],
    start,
  );
  expect((await made().known([kari], start)).size).toBe(0);
  await made().finish(1);
  // No timed device was seen at all: the next may be of any kind.
  expect((await made().known([kari], start)).size).toBe(0);
  await ask(made(), [ola], start);
  expect((await made().known([kari], start)).size).toBe(1);
});

it('a quicker device that shows up anywhere shortens the wait of everybody at once', async () => {
  const { made } = open();
  await ask(made(), [kari], start);
  expect(await asksAgainAfter(made(), kari)).toBeGreaterThan(6.9);
  await made().remember([{ user: ola, askedMs: start.toMillis(), newAfterMs: 2 * dayMs }], start);
  expect(await asksAgainAfter(made(), kari)).toBe(2);
});

it.each([
  ['another margin', { margin: 'PT48H' }],
  ['another unit', { unit: 'hours' }],
  ['another longest wait', { rereadAfter: 'P6D' }],
  ['a device that is left alone', { exclude: 'browser' }],
])('%s forgets everything, and leaves nothing of it in Redis', async (_, change) => {
  const { made, redis: client, prefix } = open();
  const users = usersOf(500);
  await ask(made(), users, start);
  expect((await made().known(users, start)).size).toBe(500);
  const other = made({ ...policy, ...change });
  expect((await other.known(users, start)).size).toBe(0);
  // Also what the last batches of a run under the policy of before would write.
  await other.begin(500, start);
  await made().remember(
    [{ user: kari, askedMs: start.toMillis(), nothingBeforeMs: Number.POSITIVE_INFINITY }],
    start,
  );
  expect((await made().known(users, start)).size).toBe(0);
  expect(await client.keys(`${prefix}:outlooks:*`)).toEqual([`${prefix}:outlooks:refresh-timed-devices`]);
});

it('the same policy, with its defaults left out or written down, forgets nothing', async () => {
  const { made } = open();
  await ask(made(), [kari], start);
  const written = made({ ...policy, margin: 'PT36H' });
  await written.begin(1, start);
  expect((await written.known([kari], start)).size).toBe(1);
});

it('other credentials of the vendor are another key: nothing is known by it', async () => {
  const basic = { POINTSHARP_AUTH: 'basic', POINTSHARP_USERNAME: 'caretaker' };
  const { made, context, another, job } = open({ ...basic, POINTSHARP_PASSWORD: 'one' });
  await ask(made(), [kari], start);
  expect((await outlooksOf(another(), job, policy)?.known([kari], start))?.size).toBe(1);
  const { context: changed } = openQueueFixture(redis(), {
    environment: { ...basic, POINTSHARP_PASSWORD: 'two' },
  });
  const parts = { queues: context.queues, clients: changed.clients };
  expect((await outlooksOf(parts, job, policy)?.known([kari], start))?.size).toBe(0);
});

it('after a flush of Redis everybody is asked, and nothing is believed that comes from a run of before', async () => {
  const { made, redis: client } = open();
  await ask(made(), [kari], start);
  await client.flushdb();
  await made().remember(
    [{ user: kari, askedMs: start.toMillis(), nothingBeforeMs: Number.POSITIVE_INFINITY }],
    start,
  );
  expect((await made().known([kari], start)).size).toBe(0);
  await ask(made(), [kari], start);
  expect((await made().known([kari], start)).size).toBe(1);
});

it('a clock that was ahead spares nobody once it is right, and one that goes back spares nobody for longer', async () => {
  const { made } = open();
  await ask(made(), [kari, ola], start.plus({ days: 3 }), { days: 5 });
  expect((await made().known([kari], start)).size).toBe(0);
  expect((await made().known([kari], start.plus({ days: 3 }))).size).toBe(1);
  expect(await asksAgainAfter(made(), kari, start.plus({ days: 3 }))).toBe(5);
});

it('twenty thousand users take less than 40 bytes of Redis each, without their names, and all of it goes by itself', async () => {
  const { made, redis: client, prefix } = open();
  const users = usersOf(20_000);
  await ask(made(), users, start);
  expect((await made().known(users, start)).size).toBe(users.length);
  const keys = await client.keys(`${prefix}:outlooks:*`);
  const sizes = await Promise.all(keys.map((key) => client.memory('USAGE', key, 'SAMPLES', 0)));
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  expect(bytes / users.length).toBeLessThan(40);
  const lives = await Promise.all(keys.map((key) => client.pttl(key)));
  expect(Math.min(...lives)).toBeGreaterThan(7 * dayMs);
  expect(Math.max(...lives)).toBeLessThanOrEqual(28 * dayMs);
  const shard = keys.find((key) => key.includes('.'));
  const names = Object.keys(await client.hgetall(shard ?? ''));
  expect(names.length).toBeGreaterThan(10);
  expect(names.join()).not.toContain('user');
});

it('a roster that has outgrown its division is divided anew, and asked once', async () => {
  const { made } = open();
  await ask(made(), usersOf(10), start);
  expect((await made().known([kari], start)).size).toBe(1);
  await made().finish(120);
  expect((await made().known([kari], start)).size).toBe(1);
  await made().finish(300);
  expect((await made().known([kari], start)).size).toBe(0);
  await ask(made(), usersOf(300), start);
  expect((await made().known([kari], start)).size).toBe(1);
});

it('where not all are known in number, a run only learns how soon a new device can be due, and the next one keeps', async () => {
  const { made, redis: client, prefix } = open();
  await made().begin(undefined, start);
  await made().remember(
    [
      {
        user: kari,
        askedMs: start.toMillis(),
        nothingBeforeMs: Number.POSITIVE_INFINITY,
        newAfterMs: 20 * dayMs,
      },
    ],
    start,
  );
  await made().finish(1);
  expect((await made().known([kari], start)).size).toBe(0);
  expect(await client.hget(`${prefix}:outlooks:refresh-timed-devices`, 'bits')).toBe('0');
  await ask(made(), [kari], start.plus({ days: 1 }));
  expect((await made().known([kari], start.plus({ days: 1 }))).size).toBe(1);
});

it('a run that begins is told how soon a new device can be due, by what the last runs saw', async () => {
  const { made } = open();
  expect(await made().begin(1, start)).toBeUndefined();
  expect(await made().begin(1, start)).toBeUndefined();
  await ask(made(), [kari], start, { newAfter: 20 });
  await ask(made(), [ola], start.plus({ days: 7 }), { newAfter: 5.5 });
  expect(await made().begin(1, start.plus({ days: 8 }))).toBe(132);
  // What nobody has had for two to three waits does not count any more.
  expect(await made().begin(1, start.plus({ days: 28 }))).toBeUndefined();
});

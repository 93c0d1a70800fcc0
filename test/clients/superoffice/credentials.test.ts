import { expect, test } from 'vitest';
import { Misconfigured, Unreachable } from '../../../src/clients/errors/vendor-error.ts';
import { type Credential, createCredentials } from '../../../src/clients/superoffice/online/credentials.ts';

const minute = 60_000;
const hour = 60 * minute;
const facts = { vendor: 'superoffice', operation: 'sign in' } as const;
const refused = new Misconfigured('Refused.', 'Ask.', { ...facts, remedy: 'stop-run' });
const away = new Unreachable('Away.', 'Wait.', { ...facts, remedy: 'retry-batch' });

/** Credentials by a clock of the test; each sign-in gives another one, or the error that is set. */
function open({ lifetimeMs = hour, slides = false } = {}) {
  const world: { now: number; signIns: number; error: Error | undefined } = {
    now: 0,
    signIns: 0,
    error: undefined,
  };
  const credentials = createCredentials(
    async (): Promise<Credential> => {
      world.signIns += 1;
      if (world.error) throw world.error;
      return { headers: { authorization: `number ${world.signIns}` }, lifetimeMs, slides };
    },
    () => world.now,
  );
  return { world, credentials };
}

test.for([
  [hour, 55 * minute],
  // A tenth of its life, where that is less than five minutes.
  [10 * minute, 9 * minute],
] as const)('a credential that lives for %i ms is renewed from %i ms on', async ([lifetimeMs, from]) => {
  const { world, credentials } = open({ lifetimeMs });
  const first = await credentials.current();
  world.now = from - 1;
  expect(await credentials.current()).toBe(first);
  world.now = from;
  expect(await credentials.current()).not.toBe(first);
  expect(world.signIns).toBe(2);
});

test('a credential that slides lives on from its last use, and one that does not from its issue', async () => {
  for (const slides of [true, false]) {
    const { world, credentials } = open({ slides });
    const first = await credentials.current();
    world.now = 30 * minute;
    credentials.used(first);
    world.now = 80 * minute;
    expect((await credentials.current()) === first).toBe(slides);
  }
});

test('a credential that was refused is replaced only once it is a minute old', async () => {
  const { world, credentials } = open();
  const first = await credentials.current();
  world.now = minute - 1;
  expect(await credentials.replace(first)).toBeUndefined();
  world.now = minute;
  const second = await credentials.replace(first);
  expect(second).not.toBe(first);
  // Whoever was refused with the old one gets the new one.
  expect(await credentials.replace(first)).toBe(second);
  expect(world.signIns).toBe(2);
});

test('a refusal to sign in holds for a minute, and an outage not at all', async () => {
  const { world, credentials } = open();
  world.error = refused;
  await expect(credentials.current()).rejects.toBe(refused);
  world.now = minute - 1;
  await expect(credentials.current()).rejects.toBe(refused);
  expect(world.signIns).toBe(1);
  world.now = minute;
  world.error = away;
  await expect(credentials.current()).rejects.toBe(away);
  await expect(credentials.current()).rejects.toBe(away);
  expect(world.signIns).toBe(3);
});

test('a refusal ends with the settings that it was for, and what is on its way then is not kept', async () => {
  const { world, credentials } = open();
  world.error = refused;
  await expect(credentials.current()).rejects.toBe(refused);
  credentials.forget();
  world.error = undefined;
  const late = credentials.current();
  credentials.forget();
  expect(await credentials.current()).not.toBe(await late);
});

test('a credential that still lives is used on during an outage, which is looked at once a minute', async () => {
  const { world, credentials } = open();
  const first = await credentials.current();
  world.error = away;
  world.now = 56 * minute;
  expect(await credentials.current()).toBe(first);
  expect(await credentials.current()).toBe(first);
  expect(world.signIns).toBe(2);
  world.now = 57 * minute;
  expect(await credentials.current()).toBe(first);
  expect(world.signIns).toBe(3);
  world.now = hour;
  await expect(credentials.current()).rejects.toBe(away);
});

import { Readable } from 'node:stream';
import fastify from 'fastify';
import { DateTime } from 'luxon';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { userPage } from '../../../src/ops/console/pages/user.ts';
import { userRoutes } from '../../../src/ops/console/routes/user-routes.ts';
import type { Asking } from '../../../src/queue/outlooks/asking.ts';
import { rosterFromStream } from '../../../src/roster/roster.ts';
import { openQueueFixture, useRedis } from '../../queue/queue-fixture.ts';

const redis = useRedis();
const patience = { timeoutMs: 3_600_000 };

afterEach(() => void vi.useRealTimers());

/** A console with the page of a user, over a roster that says nothing until `say` is called. */
async function openPage(environment: Readonly<Record<string, string>> = {}) {
  const { context } = openQueueFixture(redis(), { environment });
  const signals: (AbortSignal | undefined)[] = [];
  const { promise: text, resolve: say } = Promise.withResolvers<string>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const app = fastify();
  onTestFinished(() => app.close());
  app.decorateRequest('who', 'kari');
  userRoutes(app, {
    ...context,
    openRoster(signal) {
      signals.push(signal);
      begin();
      const lines = async function* () {
        yield await text;
      };
      const source = { name: 'slow', ending: '.ndjson' };
      return rosterFromStream(source, Readable.from(lines()), { ...patience, signal });
    },
  });
  await app.ready();
  return { app, signals, begun, say };
}

it('a page of a user that is late is given up, and with it the reading of the roster', async () => {
  const { app, signals, begun } = await openPage();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const page = app.inject('/users/kari');
  await begun;
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await page).statusCode).toBe(503);
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
});

it('a visitor who leaves ends the reading of the roster', async () => {
  const { app, signals, begun } = await openPage();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const visitor = new AbortController();
  const page = fetch(`${url}/users/kari`, { signal: visitor.signal });
  await begun;
  visitor.abort();
  await expect(page).rejects.toThrow('aborted');
  await vi.waitFor(() => expect(signals.map((signal) => signal?.aborted)).toEqual([true]));
});

it('a page about a user says until when no run asks about the user, as explain does', () => {
  const explained = { user: { username: 'kari' }, job: 'refresh-timed-devices', reasoning: [] };
  const now = DateTime.fromISO('2026-11-28T12:00:00Z', { zone: 'Europe/Oslo' });
  const page = (asking: Asking) =>
    userPage({
      name: 'kari',
      meant: [],
      pasts: [],
      pauses: [],
      now,
      explanations: [{ ...explained, ...asking }],
    }).toString();
  const until = page({ notAskedUntil: '2026-12-05T03:00:00.000Z' });
  expect(until).toContain('Not asked until <time datetime="2026-12-05T03:00:00.000Z"');
  expect(until).toContain('2026-12-05 04:00');
  expect(page({ notAskedUntil: null })).toContain('The next run asks about this user.');
  expect(page({ notAskedUnknown: 'Redis does not respond.' })).toContain(
    'is not known: Redis does not respond.',
  );
  expect(page({})).not.toMatch(/asks about this user|Not asked/);
});

it('the page of a user asks Redis until when no run asks about the user', async () => {
  const { app, say } = await openPage({ REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P7D' });
  say('{"username":"eva"}\n');
  expect((await app.inject('/users/eva')).body).toContain('The next run asks about this user.');
});

it('the roster is read for one page at a time, and for the next one afterwards', async () => {
  const { app, signals, begun, say } = await openPage();
  const first = app.inject('/users/kari');
  await begun;
  const second = await app.inject('/users/ola');
  expect(second.statusCode).toBe(503);
  expect(second.json()).toMatchObject({ message: expect.stringContaining('Try again in a moment') });
  expect(signals).toHaveLength(1);
  say('{"username":"eva"}\n');
  expect((await first).statusCode).toBe(200);
  expect((await app.inject('/users/ola')).statusCode).toBe(200);
  expect(signals).toHaveLength(2);
});

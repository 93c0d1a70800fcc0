import { expect, test, vi } from 'vitest';
import { createFaults, type FaultKind } from '../../../simulators/http/faults.ts';
import type { Simulators } from '../../../simulators/simulators.ts';
import { ask, askPocket, start, userWho, who } from '../world.ts';

function purge(simulators: Simulators, index = 0, signal?: AbortSignal) {
  const url = `${simulators.pointsharp.url}Device/Windows?${who(simulators, index)}`;
  return ask('DELETE', url, signal === undefined ? {} : { signal });
}

function applied(simulators: Simulators): number {
  return simulators.pointsharp.traffic.facts().writesApplied['DELETE Device/Windows'] ?? 0;
}

test('a simulated status comes with its headers and instead of the operation', async () => {
  const simulators = await start();
  simulators.pointsharp.faults.add({ kind: 'status', status: 429, headers: { 'Retry-After': '7' } });
  expect(await purge(simulators)).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  expect(applied(simulators)).toBe(0);
  expect(simulators.pointsharp.traffic.facts()).toMatchObject({
    faulted: { status: 1 },
    byStatus: { 429: 1 },
  });
});

test('SuperOffice words a fault in its own form', async () => {
  const simulators = await start();
  simulators.superoffice.faults.add({ kind: 'status', status: 503 });
  const reply = await askPocket(simulators, { AssociateId: 1001 });
  expect([reply.status, JSON.parse(reply.body).Error]).toEqual([503, true]);
});

test('a simulated error page is HTML', async () => {
  const simulators = await start();
  simulators.pointsharp.faults.add({ kind: 'html' });
  expect(await purge(simulators)).toMatchObject({ status: 502, headers: { 'content-type': 'text/html' } });
});

test.for(['reset', 'reset-mid-body'] as const)(
  'the simulated fault %s breaks the connection',
  async (kind) => {
    const simulators = await start();
    simulators.pointsharp.faults.add({ kind });
    await expect(purge(simulators)).rejects.toThrow();
    expect(applied(simulators)).toBe(kind === 'reset' ? 0 : 1);
    expect(simulators.pointsharp.traffic.facts()).toMatchObject({ byStatus: { 0: 1 }, inFlight: 0 });
  },
);

test.for(['garbage', 'truncated'] as const)(
  'the simulated fault %s is a body that says JSON and is none, of an operation that was carried out',
  async (kind) => {
    const simulators = await start();
    simulators.pointsharp.faults.add({ kind });
    const emptyAnswer = await purge(simulators);
    const index = userWho(simulators, (each) => simulators.pointsharp.world.devices(each).length > 0);
    const list = await ask('GET', `${simulators.pointsharp.url}Device?${who(simulators, index)}`);
    for (const { status, headers, body } of [emptyAnswer, list]) {
      expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
      expect(() => JSON.parse(body)).toThrow();
    }
    expect(applied(simulators)).toBe(1);
  },
);

test('simulated silence lasts until the client gives up', async () => {
  const simulators = await start();
  const { traffic, faults } = simulators.pointsharp;
  faults.add({ kind: 'silence' });
  const client = new AbortController();
  const waiting = purge(simulators, 0, client.signal);
  const givenUp = expect(waiting).rejects.toThrow();
  await vi.waitUntil(() => traffic.facts().inFlight === 1);
  client.abort();
  await givenUp;
  await vi.waitUntil(() => traffic.facts().inFlight === 0);
  expect(traffic.facts().byStatus).toEqual({ 0: 1 });
});

test('a simulated delay ends in a true response', async () => {
  const simulators = await start();
  simulators.pointsharp.faults.add({ kind: 'delay', delayMs: 5 });
  expect(await purge(simulators)).toMatchObject({ status: 200 });
  expect([applied(simulators), simulators.pointsharp.traffic.facts().faulted]).toEqual([1, { delay: 1 }]);
});

test('a client that gives up before the delay is over changes nothing', async () => {
  const simulators = await start();
  const { traffic, faults } = simulators.pointsharp;
  faults.add({ kind: 'delay', delayMs: 3_600_000 });
  const client = new AbortController();
  const givenUp = expect(purge(simulators, 0, client.signal)).rejects.toThrow();
  await vi.waitUntil(() => traffic.facts().inFlight === 1);
  client.abort();
  await givenUp;
  await vi.waitUntil(() => traffic.facts().inFlight === 0);
  expect([applied(simulators), traffic.facts().byStatus]).toEqual([0, { 0: 1 }]);
});

test('under latency requests are in flight together, and the peak is remembered', async () => {
  const simulators = await start();
  const { traffic, faults } = simulators.pointsharp;
  faults.latencyMs = 3_600_000;
  const client = new AbortController();
  const all = Promise.allSettled(
    Array.from({ length: 5 }, (_, index) => purge(simulators, index, client.signal)),
  );
  await vi.waitUntil(() => traffic.facts().inFlight === 5);
  client.abort();
  await all;
  await vi.waitUntil(() => traffic.facts().inFlight === 0);
  expect(traffic.facts()).toMatchObject({ inFlightPeak: 5, faulted: {} });
});

test.for(['reset', 'silence', 'html', 'status'] satisfies FaultKind[])(
  'the simulated fault %s can hide a write that was carried out',
  async (kind) => {
    const simulators = await start();
    simulators.pointsharp.faults.add({ kind, carriedOut: true });
    const client = new AbortController();
    const asked = purge(simulators, 0, client.signal).catch(() => undefined);
    await vi.waitUntil(() => applied(simulators) === 1);
    client.abort();
    await asked;
    expect(simulators.pointsharp.world.windows(0)).toEqual([]);
  },
);

test('a fault can be for one operation, one user and the next few requests', async () => {
  const simulators = await start();
  const { faults, url } = simulators.pointsharp;
  faults.add({
    kind: 'status',
    status: 500,
    operation: 'delete device/windows',
    username: simulators.people.username(1),
    count: 2,
  });
  expect((await ask('GET', `${url}Device?${who(simulators, 1)}`)).status).toBe(200);
  expect((await purge(simulators, 0)).status).toBe(200);
  const statuses = [await purge(simulators, 1), await purge(simulators, 1), await purge(simulators, 1)].map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([500, 500, 200]);
  expect(faults.list()).toMatchObject([{ id: 1, fired: 2 }]);
});

test('a share of the requests is the same share and the same requests for the same seed', () => {
  function hit(seed: number): boolean[] {
    const faults = createFaults(seed);
    faults.add({ kind: 'reset', share: 0.3 });
    return Array.from(
      { length: 1000 },
      () => faults.next('GET Device', () => undefined)?.fault !== undefined,
    );
  }
  expect(hit(1)).toEqual(hit(1));
  expect(hit(1)).not.toEqual(hit(2));
  const count = hit(1).filter((isHit) => isHit).length;
  expect(Math.abs(count - 300)).toBeLessThan(60);
});

test('simulated faults are removed one by one or all at once', () => {
  const faults = createFaults(1);
  const first = faults.add({ kind: 'reset' });
  faults.add({ kind: 'html' });
  expect(faults.next('GET Device', () => undefined)?.fault?.kind).toBe('reset');
  expect(faults.remove(first)).toBe(1);
  expect(faults.next('GET Device', () => undefined)?.fault?.kind).toBe('html');
  expect(faults.remove()).toBe(1);
  expect(faults.next('GET Device', () => undefined)).toBeUndefined();
});

test.for([403, 405] as const)(
  'an operation that is switched off answers %i, and the others work',
  async (status) => {
    const simulators = await start();
    simulators.pointsharp.switches.set('DELETE Device/Windows', status);
    expect((await purge(simulators)).status).toBe(status);
    expect((await ask('GET', `${simulators.pointsharp.url}Device?${who(simulators, 0)}`)).status).toBe(200);
    expect(applied(simulators)).toBe(0);
  },
);

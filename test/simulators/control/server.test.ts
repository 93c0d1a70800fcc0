import { expect, test } from 'vitest';
import { countDevices, countEvents, countWindows } from '../../../simulators/control/facts.ts';
import { rosterCsv } from '../../../simulators/people/roster.ts';
import { type Simulators, startSimulators } from '../../../simulators/simulators.ts';
import { ask, dayMs, start, startMs, userWho, who } from '../world.ts';

async function control(simulators: Simulators, method: string, path: string, body?: object) {
  const reply = await ask(method, `${simulators.control.url}${path}`, body === undefined ? {} : { body });
  return { status: reply.status, json: JSON.parse(reply.body) };
}

test('the facts of the simulators are those of the worlds, with a forecast when one is asked for', async () => {
  const simulators = await start();
  const { world } = simulators.pointsharp;
  await ask('GET', `${simulators.pointsharp.url}Device?${who(simulators, 0)}`);
  const { json } = await control(simulators, 'GET', 'facts?ahead=P2D');
  expect(json).toMatchObject({
    users: 200,
    clock: { now: '2026-03-10T12:00:00.000Z', frozen: true },
    windows: countWindows(world),
    devices: countDevices(world),
    events: countEvents(world),
    forecast: countEvents(world, startMs + 2 * dayMs),
    pointsharp: { requests: 1, byOperation: { 'GET Device': 1 }, perUser: { min: 0, max: 1, total: 1 } },
    superoffice: { requests: 0 },
  });
  expect(Object.values(json.pointsharp.arrivals)).toEqual([1]);
  expect(Object.keys((await control(simulators, 'GET', 'facts?only=traffic')).json)).toEqual([
    'pointsharp',
    'superoffice',
  ]);
});

test('a user of the simulators is shown whole, with his namesake', async () => {
  const simulators = await start();
  const index = userWho(simulators, (each) => simulators.people.hasTwin(each));
  const { json } = await control(simulators, 'GET', `users/${index}`);
  expect(json).toMatchObject({
    index,
    username: simulators.people.username(index),
    associateId: simulators.people.associateId(index),
    registrations: simulators.superoffice.world.registrations(simulators.people.associateId(index)),
    requests: { pointsharp: 0, superoffice: 0 },
    namesake: { userStorageName: simulators.people.storage(simulators.people.users + index) },
  });
  expect(json.devices).toHaveLength(simulators.pointsharp.world.devices(index).length);
  expect(json.windows).toHaveLength(simulators.pointsharp.world.windows(index).length);
});

test('the roster of the simulators can be fetched, whole or its beginning', async () => {
  const simulators = await start();
  const whole = await ask('GET', `${simulators.control.url}roster.csv`);
  expect(whole.body).toBe(Array.from(rosterCsv(simulators.people)).join(''));
  const some = await ask('GET', `${simulators.control.url}roster.csv?users=5`);
  expect(some.body).toBe(Array.from(rosterCsv(simulators.people, 5)).join(''));
});

test('the clock of the simulators is set, moved, stopped and started', async () => {
  const simulators = await start();
  await control(simulators, 'POST', 'clock', { advance: 'P1D' });
  expect(simulators.clock.now()).toBe(startMs + dayMs);
  await control(simulators, 'POST', 'clock', { now: '2026-03-20T00:00:00Z' });
  expect((await control(simulators, 'GET', 'clock')).json.now).toBe('2026-03-20T00:00:00.000Z');
  await control(simulators, 'POST', 'clock', { now: startMs + 20 * dayMs });
  expect(simulators.clock.now()).toBe(startMs + 20 * dayMs);
  expect((await control(simulators, 'POST', 'clock', { frozen: false })).json.frozen).toBe(false);
});

test('faults, latency and switches of the simulators are set, listed and taken away', async () => {
  const simulators = await start();
  const { url } = simulators.pointsharp;
  const added = await control(simulators, 'POST', 'faults', {
    vendor: 'pointsharp',
    kind: 'status',
    status: 503,
    operation: 'GET Device',
  });
  await control(simulators, 'POST', 'faults', { vendor: 'superoffice', latencyMs: 5 });
  expect((await ask('GET', `${url}Device?${who(simulators, 0)}`)).status).toBe(503);
  expect((await control(simulators, 'GET', 'faults')).json).toEqual({
    pointsharp: {
      latencyMs: 0,
      faults: [{ id: added.json.id, kind: 'status', status: 503, operation: 'GET Device', fired: 1 }],
    },
    superoffice: { latencyMs: 5, faults: [] },
  });
  expect((await control(simulators, 'DELETE', 'faults')).json).toEqual({ removed: 1 });
  expect(simulators.superoffice.faults.latencyMs).toBe(0);
  const operation = { vendor: 'pointsharp', operation: 'GET Device' };
  await control(simulators, 'POST', 'switches', { ...operation, status: 405 });
  expect((await ask('GET', `${url}Device?${who(simulators, 0)}`)).status).toBe(405);
  await control(simulators, 'POST', 'switches', { ...operation, status: null });
  expect((await ask('GET', `${url}Device?${who(simulators, 0)}`)).status).toBe(200);
});

test('worlds and counters of the simulators go back to their beginnings, each by itself', async () => {
  const simulators = await start();
  const before = countWindows(simulators.pointsharp.world);
  const index = userWho(simulators, (each) => simulators.pointsharp.world.windows(each).length > 0);
  await ask('DELETE', `${simulators.pointsharp.url}Device/Windows?${who(simulators, index)}`);
  simulators.clock.advance(dayMs);
  await control(simulators, 'POST', 'reset');
  expect([countWindows(simulators.pointsharp.world), simulators.clock.now()]).toEqual([before, startMs]);
  expect(simulators.pointsharp.traffic.facts().requests).toBe(1);
  await control(simulators, 'POST', 'counters/reset');
  expect(simulators.pointsharp.traffic.facts()).toMatchObject({
    requests: 0,
    byStatus: {},
    perUser: { max: 0 },
    arrivals: {},
  });
});

const wrong = [
  ['GET', 'nothing', undefined, 404],
  ['GET', 'users/200', undefined, 404],
  ['GET', 'facts?ahead=tomorrow', undefined, 400],
  ['POST', 'clock', { now: startMs - 1 }, 400],
  ['POST', 'clock', { advance: 'soon' }, 400],
  ['POST', 'clock', { now: startMs, frozen: true }, 400],
  ['POST', 'faults', { vendor: 'pointsharp', kind: 'resett' }, 400],
  ['POST', 'faults', { vendor: 'pointsharp', kind: 'reset', operation: 'GET Devices' }, 400],
  ['POST', 'faults', { vendor: 'pointsharp', kind: 'reset', chance: 1 }, 400],
  ['POST', 'faults', { vendor: 'pointsharp' }, 400],
  ['DELETE', 'faults?id=1', undefined, 400],
  ['POST', 'switches', { vendor: 'pointsharp', operation: 'GET Device', status: 200 }, 400],
] as const;

test.for(wrong)(
  'the control server refuses %s %s with %o and says why',
  async ([method, path, body, status]) => {
    const simulators = await start();
    const reply = await control(simulators, method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.json.error.length).toBeGreaterThan(10);
  },
);

test('a port that is taken is an error of the simulators, and their other servers are closed again', async () => {
  const simulators = await start();
  const port = Number(new URL(simulators.control.url).port);
  await expect(startSimulators({ users: 1, controlPort: port })).rejects.toThrow(/EADDRINUSE/);
});

test('there are one to a million users in the simulators', async () => {
  await expect(startSimulators({ users: 0 })).rejects.toThrow(/1 to 1,000,000/);
  await expect(startSimulators({ users: 1_000_001 })).rejects.toThrow(RangeError);
});

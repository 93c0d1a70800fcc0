import { expect, test } from 'vitest';
import { createClock } from '../../../simulators/clock.ts';
import { countDevices, countEvents, countWindows } from '../../../simulators/control/facts.ts';
import { createPeople } from '../../../simulators/people/people.ts';
import { isNotified, isTimed, isTimedOut } from '../../../simulators/pointsharp/devices.ts';
import { createPointsharpWorld, type PointsharpWorld } from '../../../simulators/pointsharp/world.ts';
import { dayMs, startMs } from '../world.ts';

function world(seed = 1, users = 1000, unit: 'minutes' | 'hours' | 'days' = 'days'): PointsharpWorld {
  return createPointsharpWorld(createPeople(seed, users), createClock(startMs, true), unit);
}

function contents(of: PointsharpWorld): string {
  return JSON.stringify(Array.from(of.people.all(), (person) => [of.windows(person), of.devices(person)]));
}

/** The first timed device whose notification is still to come, with its person. */
function nextToBeNotified(of: PointsharpWorld) {
  for (const person of of.people.all()) {
    for (const device of of.devices(person)) {
      const { notifyAtMs } = device;
      if (notifyAtMs !== null && notifyAtMs > startMs) return { person, device, notifyAtMs };
    }
  }
  throw new Error('this world has no timed device');
}

test('the same seed makes the same world, and another seed another', () => {
  expect(contents(world(7))).toBe(contents(world(7)));
  expect(contents(world(7))).not.toBe(contents(world(8)));
});

test('a world has windows in all four states and devices of every habit', () => {
  const one = world();
  for (const count of Object.values(countWindows(one).roster)) expect(count).toBeGreaterThan(50);
  const { all, timed, notified, timedOut } = countDevices(one).roster;
  expect(all).toBeGreaterThan(timed);
  expect(Math.min(notified, timedOut, all - timed)).toBeGreaterThan(50);
  const devices = Array.from(one.people.all(), (person) => one.devices(person)).flat();
  const soon = devices.filter(
    ({ notifyAtMs }) => notifyAtMs !== null && notifyAtMs > startMs && notifyAtMs <= startMs + 2 * dayMs,
  );
  expect(soon.length).toBeGreaterThan(100);
  for (const stamp of ['null', 'missing', 'min-value'])
    expect(devices.some(({ lastOkTime }) => lastOkTime === stamp)).toBe(true);
});

test('device ids are unique for a user', () => {
  const one = world();
  for (const person of one.people.all()) {
    const ids = one.devices(person).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test.for(['minutes', 'hours', 'days'] as const)('a timeout counted in %s is the same time', (unit) => {
  const perDay = { minutes: 1440, hours: 24, days: 1 }[unit];
  const inDays = world(1, 50).snapshotDevices();
  for (const [person, devices] of world(1, 50, unit).snapshotDevices()) {
    devices.forEach((device, slot) => {
      const same = inDays.get(person)?.[slot];
      expect(device.timeout).toBe(same?.timeout);
      if (isTimed(device)) expect(device.timeoutConf).toBe(Number(same?.timeoutConf) * perDay);
    });
  }
});

test('the windows that are removed are those in the named states, and nobody else loses any', () => {
  const one = world(1, 300);
  const before = Array.from(one.people.all(), (person) => [person, one.windows(person)] as const);
  const target = before.find(([, windows]) => new Set(windows.map(({ state }) => state)).size > 1);
  const [person, windows] = target ?? [-1, []];
  const state = windows[0]?.state ?? 'used';
  const ofThatState = windows.filter((window) => window.state === state).length;
  expect(ofThatState).toBeGreaterThan(0);
  expect(one.removeWindows(person, [state])).toBe(ofThatState);
  expect(one.removeWindows(person, [state])).toBe(0);
  for (const [each, had] of before) {
    expect(one.windows(each)).toEqual(each === person ? had.filter((window) => window.state !== state) : had);
  }
});

test('an opened window waits until its time has run out, and then it is expired', () => {
  const one = world(1, 10);
  one.removeWindows(3, ['waiting', 'expired', 'in-use', 'used']);
  one.openWindow(3, 30, '*');
  one.clock.advance(30 * 60_000 - 1);
  expect(one.windows(3).map(({ state }) => state)).toEqual(['waiting']);
  expect(one.removeWindows(3, ['expired'])).toBe(0);
  one.clock.advance(1);
  expect(one.windows(3).map(({ state }) => state)).toEqual(['expired']);
  expect(one.removeWindows(3, ['expired'])).toBe(1);
  expect(one.windows(3)).toEqual([]);
});

test('nothing has been sent at the start, and a forecast is what comes true when nobody acts', () => {
  const one = world();
  expect(countEvents(one)).toMatchObject({ notifications: { total: 0 }, timeouts: { total: 0 } });
  const forecast = countEvents(one, startMs + 20 * dayMs);
  expect(Math.min(forecast.notifications.total, forecast.timeouts.total)).toBeGreaterThan(100);
  one.clock.advance(20 * dayMs);
  expect(countEvents(one)).toEqual(forecast);
});

test('the notification goes out once, at its time, and the timeout follows at its own', () => {
  const one = world();
  const { person, device, notifyAtMs } = nextToBeNotified(one);
  function seen() {
    const now = one.devices(person).find(({ id }) => id === device.id) ?? device;
    const events = Array.from(one.events()).filter(
      (event) => event.person === person && [notifyAtMs, device.timeout].includes(event.atMs),
    );
    return {
      notified: isNotified(now, one.clock.now()),
      timedOut: isTimedOut(now, one.clock.now()),
      events: events.map(({ kind }) => kind),
    };
  }
  one.clock.set(notifyAtMs - 1);
  expect(seen()).toEqual({ notified: false, timedOut: false, events: [] });
  one.clock.advance(1);
  expect(seen()).toEqual({ notified: true, timedOut: false, events: ['notification'] });
  one.clock.set(Number(device.timeout));
  expect(seen()).toEqual({ notified: true, timedOut: true, events: ['notification', 'timeout'] });
  one.clock.advance(100 * dayMs);
  expect(seen()).toEqual({ notified: true, timedOut: true, events: ['notification', 'timeout'] });
});

test('UpdateTime restarts the clock: a whole timeout from now, and the warning is due once more', () => {
  const one = world();
  const { person, device, notifyAtMs } = nextToBeNotified(one);
  one.clock.set(notifyAtMs);
  const sentBefore = countEvents(one).notifications.total;
  expect(one.updateTime(person, device.id)).toBe('done');
  const after = one.devices(person).find(({ id }) => id === device.id);
  expect(after).toEqual({
    ...device,
    timeout: notifyAtMs + Number(device.timeoutConf) * dayMs,
    notifyAtMs: notifyAtMs + (Number(device.timeoutConf) - Number(device.aheadConf)) * dayMs,
    sinceMs: notifyAtMs,
  });
  expect(countEvents(one).notifications.total).toBe(sentBefore);
  const others = countEvents(one, Number(after?.notifyAtMs) - 1).notifications.total;
  const withThis = countEvents(one, Number(after?.notifyAtMs)).notifications.total;
  expect(withThis).toBe(others + 1);
});

test('a device that is refreshed in time sends nothing', () => {
  const one = world();
  const { person, device, notifyAtMs } = nextToBeNotified(one);
  const forecast = countEvents(one, notifyAtMs).notifications.total;
  one.clock.set(notifyAtMs - 1);
  one.updateTime(person, device.id);
  one.clock.advance(1);
  expect(countEvents(one).notifications.total).toBe(forecast - 1);
});

test('what a removed device had sent stays counted, and it sends no more', () => {
  const one = world();
  const { person, device, notifyAtMs } = nextToBeNotified(one);
  one.clock.set(notifyAtMs);
  const { notifications } = countEvents(one);
  expect(one.removeDevice(person, device.id)).toBe('done');
  expect(one.removeDevice(person, device.id)).toBe('unknown-device');
  expect(countEvents(one).notifications).toEqual(notifications);
});

test('a device without a timeout has no clock to restart', () => {
  const one = world();
  const person = Array.from(one.people.all()).find((each) =>
    one.devices(each).some((device) => !isTimed(device)),
  );
  const device = one.devices(person ?? -1).find((each) => !isTimed(each));
  expect(one.updateTime(person ?? -1, device?.id ?? '')).toBe('not-timed');
  expect(one.updateTime(person ?? -1, 'nothing')).toBe('unknown-device');
});

test('a snapshot stays as it was when devices change', () => {
  const one = world(1, 50);
  const before = one.snapshotDevices();
  const text = JSON.stringify(Array.from(before));
  for (const person of one.people.all())
    for (const { id } of one.devices(person)) one.setState(person, id, 77);
  expect(JSON.stringify(Array.from(before))).toBe(text);
  expect(
    Array.from(one.snapshotDevices().values())
      .flat()
      .every(({ state }) => state === 77),
  ).toBe(true);
});

test('a reset of a world brings everything back', () => {
  const one = world(1, 100);
  const before = contents(one);
  for (const person of one.people.all()) {
    one.removeWindows(person, ['expired', 'waiting']);
    one.openWindow(person, 5, '*');
    one.removeAllDevices(person);
  }
  expect(contents(one)).not.toBe(before);
  one.reset();
  expect(contents(one)).toBe(before);
});

test('in a world of a million users each is there at once', () => {
  const one = world(1, 1_000_000);
  expect(one.people.find(one.people.username(999_999), one.people.storage(999_999))).toBe(999_999);
  expect(one.devices(999_999)).toEqual(world(1, 1_000_000).devices(999_999));
});

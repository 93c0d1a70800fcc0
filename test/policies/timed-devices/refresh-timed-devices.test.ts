import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../../src/config/settings/read-group.ts';
import type { TimedDeviceFacts } from '../../../src/policies/timed-devices/device.ts';
import {
  decideTimedDevice,
  explainTimedDevice,
} from '../../../src/policies/timed-devices/refresh-timed-devices.ts';
import {
  type RefreshTimedDevicesPolicy,
  refreshTimedDevicesSettings,
} from '../../../src/policies/timed-devices/settings.ts';

const now = DateTime.fromISO('2026-06-01T12:00:00Z', { zone: 'utc' });

function policyOf(texts: Readonly<Record<string, string>> = {}): RefreshTimedDevicesPolicy {
  return readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, texts);
}

/** A device in real use whose warning is half a day away: due, with a margin of 36 hours and a notice of 7 days. */
const dueDevice: TimedDeviceFacts = {
  id: 'device-1',
  friendlyName: 'Work phone',
  deviceType: 'iPhone',
  userAgent: 'Apple-iPhone15/2101',
  details: { title: 'Åsas läsplatta', platform: 'iPadOS' },
  state: 2,
  createTime: now.minus({ years: 1 }).toMillis(),
  lastOkTime: now.minus({ hours: 3 }).toMillis(),
  lastErrorTime: 'never',
  timeout: now.plus({ days: 7, hours: 12 }).toMillis(),
  timeoutConf: 90,
  timeoutConfAheadNotification: 7,
  timeoutNotificationSent: false,
};

interface Row {
  readonly title: string;
  readonly device?: Partial<TimedDeviceFacts>;
  readonly policy?: Readonly<Record<string, string>>;
  readonly verdict: string;
}

const soon = now.plus({ minutes: 1 });
const rows: readonly Row[] = [
  { title: 'due and in use', verdict: 'refresh' },
  { title: 'warned about already', device: { timeoutNotificationSent: true }, verdict: 'refresh late' },
  { title: 'one minute before its time-out', device: { timeout: soon.toMillis() }, verdict: 'refresh' },

  { title: 'without TimeoutConf', device: { timeoutConf: null }, verdict: 'not-timed' },
  { title: 'with a TimeoutConf of 0', device: { timeoutConf: 0 }, verdict: 'not-timed' },
  { title: 'with a TimeoutConf below 0', device: { timeoutConf: -1 }, verdict: 'not-timed' },

  { title: 'with an unreadable time-out', device: { timeout: 'unreadable' }, verdict: 'unreadable-date' },
  {
    title: 'with an unreadable last success',
    device: { lastOkTime: 'unreadable' },
    verdict: 'unreadable-date',
  },
  {
    title: 'with an unreadable last error',
    device: { lastErrorTime: 'unreadable' },
    verdict: 'unreadable-date',
  },
  { title: 'with an unreadable creation', device: { createTime: 'unreadable' }, verdict: 'unreadable-date' },

  {
    title: 'that timed out',
    device: { timeout: now.minus({ seconds: 1 }).toMillis() },
    verdict: 'timed-out',
  },
  { title: 'that times out now', device: { timeout: now.toMillis() }, verdict: 'timed-out' },

  { title: 'that never times out', device: { timeout: 'never' }, verdict: 'not-due' },
  {
    title: 'due exactly now',
    device: { timeout: now.plus({ days: 8, hours: 12 }).toMillis() },
    verdict: 'refresh',
  },
  {
    title: 'due a millisecond from now',
    device: { timeout: now.plus({ days: 8, hours: 12, milliseconds: 1 }).toMillis() },
    verdict: 'not-due',
  },
  {
    title: 'with a unit of days, by its own number',
    device: { timeout: now.plus({ days: 30 }).toMillis(), timeoutConfAheadNotification: 29 },
    policy: { unit: 'days' },
    verdict: 'refresh',
  },
  {
    title: 'with a unit of hours, by its own number',
    device: { timeoutConfAheadNotification: 7 },
    policy: { unit: 'hours' },
    verdict: 'not-due',
  },
  {
    title: 'with a unit but without a number, by the notice',
    device: { timeoutConfAheadNotification: null },
    policy: { unit: 'minutes' },
    verdict: 'refresh',
  },
  {
    title: 'with a number that no date comes of, by the notice',
    device: { timeout: now.plus({ days: 60 }).toMillis(), timeoutConfAheadNotification: 2_147_483_647 },
    policy: { unit: 'days' },
    verdict: 'not-due',
  },

  {
    title: 'with a number of 0, so that the warning comes with the time-out',
    device: { timeout: now.plus({ hours: 37 }).toMillis(), timeoutConfAheadNotification: 0 },
    policy: { unit: 'days' },
    verdict: 'not-due',
  },
  {
    title: 'with a number below 0, by the notice',
    device: { timeout: now.plus({ days: 8 }).toMillis(), timeoutConfAheadNotification: -1 },
    policy: { unit: 'days' },
    verdict: 'refresh',
  },

  { title: 'excluded by its id', policy: { exclude: '^DEVICE-' }, verdict: 'excluded' },
  { title: 'excluded by its name', policy: { exclude: 'other,work phone' }, verdict: 'excluded' },
  { title: 'excluded by its type', policy: { exclude: '^iphone$' }, verdict: 'excluded' },
  { title: 'excluded by its user agent', policy: { exclude: '/2101' }, verdict: 'excluded' },
  {
    title: 'without a name, which is no name to match',
    device: { friendlyName: null, deviceType: null, userAgent: null },
    policy: { exclude: 'null,undefined' },
    verdict: 'refresh',
  },
  { title: 'excluded by the title in its details', policy: { exclude: 'läsplatta$' }, verdict: 'excluded' },
  { title: 'excluded by the platform in its details', policy: { exclude: '^ipados$' }, verdict: 'excluded' },
  {
    title: 'without details that a pattern could match',
    device: { details: null },
    policy: { exclude: 'läsplatta$,^ipados$,null' },
    verdict: 'refresh',
  },
  { title: 'that no pattern matches', policy: { exclude: 'outlook,^test' }, verdict: 'refresh' },

  { title: 'in a state of the list', policy: { states: '1,2' }, verdict: 'refresh' },
  { title: 'in a state beside the list', policy: { states: '1,3' }, verdict: 'state-not-allowed' },
  {
    title: 'without a state',
    device: { state: null },
    policy: { states: '1,2' },
    verdict: 'state-not-allowed',
  },
  { title: 'without a state where any will do', device: { state: null }, verdict: 'refresh' },

  { title: 'that never succeeded', device: { lastOkTime: 'never' }, verdict: 'never-used' },
  {
    title: 'whose last error is later',
    device: { lastErrorTime: now.minus({ hours: 2 }).toMillis() },
    verdict: 'failing',
  },
  {
    title: 'whose last error is as late',
    device: { lastErrorTime: now.minus({ hours: 3 }).toMillis() },
    verdict: 'refresh',
  },
  {
    title: 'whose last error is older',
    device: { lastErrorTime: now.minus({ days: 3 }).toMillis() },
    verdict: 'refresh',
  },

  {
    title: 'unused for longer than allowed',
    device: { lastOkTime: now.minus({ days: 15 }).toMillis() },
    verdict: 'inactive',
  },
  {
    title: 'unused for as long as allowed',
    device: { lastOkTime: now.minus({ days: 14 }).toMillis() },
    verdict: 'refresh',
  },
  {
    title: 'unused for a millisecond longer than allowed',
    device: { lastOkTime: now.minus({ days: 14, milliseconds: 1 }).toMillis() },
    verdict: 'inactive',
  },
  {
    title: 'old and denied lately',
    device: {
      lastOkTime: now.minus({ days: 60 }).toMillis(),
      lastErrorTime: now.minus({ hours: 1 }).toMillis(),
    },
    verdict: 'failing',
  },

  {
    title: 'created too long ago',
    device: { createTime: now.minus({ years: 6 }).toMillis() },
    verdict: 'too-old',
  },
  {
    title: 'created as long ago as allowed',
    device: { createTime: now.minus({ years: 5 }).toMillis() },
    verdict: 'refresh',
  },
  {
    title: 'created a millisecond longer ago than allowed',
    device: { createTime: now.minus({ years: 5, milliseconds: 1 }).toMillis() },
    verdict: 'too-old',
  },
  { title: 'without a date of its creation', device: { createTime: 'never' }, verdict: 'refresh' },
];

function verdictOf(device: TimedDeviceFacts, policy: RefreshTimedDevicesPolicy, at = now): string {
  const decision = decideTimedDevice(device, policy, at);
  if (!decision.refresh) return decision.reason;
  return decision.late ? 'refresh late' : 'refresh';
}

describe('A device', () => {
  it.each(rows)('a device $title gets the verdict $verdict', ({ device, policy, verdict }) => {
    expect(verdictOf({ ...dueDevice, ...device }, policyOf(policy))).toBe(verdict);
  });

  it('a device is kept for the first reason in order, when there are several', () => {
    const policy = policyOf({ exclude: 'phone', states: '1' });
    const old = now.minus({ years: 6 });
    const device: TimedDeviceFacts = {
      ...dueDevice,
      createTime: old.toMillis(),
      lastOkTime: old.toMillis(),
      lastErrorTime: now.toMillis(),
    };
    const changes: readonly (readonly [string, Partial<TimedDeviceFacts>])[] = [
      ['not-timed', { timeoutConf: 0, timeout: 'unreadable' }],
      ['unreadable-date', { timeout: 'unreadable' }],
      ['timed-out', { timeout: old.toMillis() }],
      ['not-due', { timeout: now.plus({ years: 1 }).toMillis() }],
      ['excluded', {}],
      ['state-not-allowed', { friendlyName: null, deviceType: null, userAgent: null }],
    ];
    for (const [reason, change] of changes) expect(verdictOf({ ...device, ...change }, policy)).toBe(reason);
    expect(verdictOf({ ...device, lastOkTime: 'never' }, policyOf())).toBe('never-used');
    expect(verdictOf(device, policyOf())).toBe('failing');
    expect(verdictOf({ ...device, lastErrorTime: 'never' }, policyOf())).toBe('inactive');
    expect(verdictOf({ ...device, lastErrorTime: 'never', lastOkTime: now.toMillis() }, policyOf())).toBe(
      'too-old',
    );
  });
});

const moment = (pastDays: number, futureDays: number) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .integer({ min: -pastDays * 1440, max: futureDays * 1440 })
        .map((minutes) => now.plus({ minutes }).toMillis()),
    },
    { weight: 1, arbitrary: fc.constantFrom('never' as const, 'unreadable' as const) },
  );

const count = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, -1, 0) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
);

const devices: fc.Arbitrary<TimedDeviceFacts> = fc.record({
  id: fc.string(),
  friendlyName: fc.option(fc.string()),
  deviceType: fc.option(fc.constantFrom('iPhone', 'Outlook')),
  userAgent: fc.option(fc.string()),
  details: fc.option(fc.record({ title: fc.option(fc.string()), platform: fc.option(fc.string()) })),
  state: fc.option(fc.integer({ min: 0, max: 3 })),
  createTime: moment(2000, 0),
  lastOkTime: moment(16, 0),
  lastErrorTime: moment(60, 0),
  timeout: moment(1, 20),
  timeoutConf: count,
  timeoutConfAheadNotification: count,
  timeoutNotificationSent: fc.boolean(),
});

const policies: fc.Arbitrary<RefreshTimedDevicesPolicy> = fc
  .record(
    {
      unit: fc.constantFrom('minutes', 'hours', 'days'),
      notice: fc.constantFrom('P1D', 'P7D', 'P14D', 'P1M'),
      margin: fc.constantFrom('PT1H', 'PT36H', 'P7D', 'P1M'),
      states: fc.constantFrom('1,2,3', '0'),
      exclude: fc.constantFrom('outlook', '^a'),
    },
    { requiredKeys: [] },
  )
  .map((texts) => policyOf(texts));

describe('Whatever device and policy,', () => {
  it('a refreshed device is timed, due, in use and not timed out, and its deadline is its warning', () => {
    fc.assert(
      fc.property(devices, policies, (device, policy) => {
        const decision = decideTimedDevice(device, policy, now);
        fc.pre(decision.refresh);
        if (!decision.refresh) return;
        const { timeout, lastOkTime, lastErrorTime } = device;
        if (typeof timeout === 'string' || typeof lastOkTime === 'string') throw new Error('without a date');
        const notifyAt = DateTime.fromMillis(decision.notifyAtMs, { zone: 'utc' });
        const timesOutAt = DateTime.fromMillis(timeout, { zone: 'utc' });
        expect(device.timeoutConf).toBeGreaterThan(0);
        expect(timesOutAt > now).toBe(true);
        expect(notifyAt <= timesOutAt).toBe(true);
        expect(notifyAt.minus(policy.margin) <= now).toBe(true);
        expect(lastOkTime).toBeGreaterThanOrEqual(now.minus(policy.activeWithin).toMillis());
        if (typeof lastErrorTime === 'number') expect(lastErrorTime).toBeLessThanOrEqual(lastOkTime);
        expect(decision.late).toBe(device.timeoutNotificationSent);
        if (policy.unit === undefined)
          expect(decision.notifyAtMs).toBe(timesOutAt.minus(policy.notice).toMillis());
      }),
    );
  });

  it('the warning of a device comes its number of units before the time-out, where the unit is set', () => {
    const units = fc.constantFrom('minutes' as const, 'hours' as const, 'days' as const);
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 1000 }), (unit, ahead) => {
        const timeout = now.plus({ minutes: 1 });
        const device = { ...dueDevice, timeout: timeout.toMillis(), timeoutConfAheadNotification: ahead };
        expect(decideTimedDevice(device, policyOf({ unit }), now)).toEqual({
          refresh: true,
          notifyAtMs: timeout.minus({ [unit]: ahead }).toMillis(),
          late: false,
        });
      }),
    );
  });

  it('a device that is due stays due until its time-out', () => {
    fc.assert(
      fc.property(devices, policies, fc.integer({ min: 0, max: 30 * 1440 }), (device, policy, minutes) => {
        const before = verdictOf(device, policy);
        fc.pre(!['not-timed', 'unreadable-date', 'timed-out', 'not-due'].includes(before));
        expect(verdictOf(device, policy, now.plus({ minutes }))).not.toBe('not-due');
      }),
      { numRuns: 300 },
    );
  });

  it('the explanation of a device ends with the verdict of the decision', () => {
    fc.assert(
      fc.property(devices, policies, (device, policy) => {
        const decision = decideTimedDevice(device, policy, now);
        const lines = explainTimedDevice(device, policy, now);
        expect(lines.slice(0, -1).every((line) => line.includes('? no: '))).toBe(true);
        const last = lines.at(-1) ?? '';
        if (decision.refresh) expect(last).toMatch(/^too-old\? no: /);
        else expect(last.startsWith(`${decision.reason}? yes: `)).toBe(true);
        expect(lines.join()).not.toContain('Invalid');
      }),
      { numRuns: 300 },
    );
  });
});

describe('The explanation', () => {
  it('the explanation of a device tells each rule with the fact it looked at, in the zone of now', () => {
    const lines = explainTimedDevice(dueDevice, policyOf(), now.setZone('Europe/Stockholm'));
    expect(lines).toEqual([
      'not-timed? no: TimeoutConf is 90',
      'unreadable-date? no: all dates can be read',
      'timed-out? no: times out 2026-06-09 02:00 GMT+2',
      'not-due? no: the vendor warns 2026-06-02 02:00 GMT+2, due 2026-05-31 14:00 GMT+2',
      'excluded? no: nothing is excluded',
      'state-not-allowed? no: state 2, allowed any',
      'never-used? no: last success 2026-06-01 11:00 GMT+2',
      'failing? no: last error never',
      'inactive? no: in use means a success within the last P14D',
      'too-old? no: created 2025-06-01 14:00 GMT+2, maximum age P5Y',
    ]);
  });

  it('the explanation of a device names the dates that cannot be read', () => {
    const device: TimedDeviceFacts = { ...dueDevice, createTime: 'unreadable', timeout: 'unreadable' };
    expect(explainTimedDevice(device, policyOf(), now).at(-1)).toBe(
      'unreadable-date? yes: CreateTime, Timeout cannot be read',
    );
  });

  it.each<[string, Partial<TimedDeviceFacts>, Readonly<Record<string, string>>]>([
    ['not-timed? yes: TimeoutConf is missing', { timeoutConf: null }, {}],
    ['unreadable-date? yes: LastOkTime cannot be read', { lastOkTime: 'unreadable' }, {}],
    ['unreadable-date? yes: LastErrorTime cannot be read', { lastErrorTime: 'unreadable' }, {}],
    ['timed-out? yes: times out 2026-06-01 12:00 UTC', { timeout: now.toMillis() }, {}],
    ['not-due? yes: the vendor warns never, due never', { timeout: 'never' }, {}],
    [
      'not-due? yes: the vendor warns 2026-06-03 00:00 UTC, due 2026-06-02 00:00 UTC',
      { timeout: now.plus({ days: 8, hours: 12 }).toMillis() },
      { margin: 'P1D' },
    ],
    ['excluded? yes: exclude outlook phone', {}, { exclude: 'outlook,phone' }],
    ['state-not-allowed? yes: state 2, allowed 1 3', {}, { states: '1,3' }],
    ['state-not-allowed? yes: state missing, allowed 1', { state: null }, { states: '1' }],
    ['never-used? yes: last success never', { lastOkTime: 'never' }, {}],
    ['failing? yes: last error 2026-06-01 12:00 UTC', { lastErrorTime: now.toMillis() }, {}],
    ['inactive? yes: in use means a success within the last PT1H', {}, { activeWithin: 'PT1H' }],
    ['too-old? yes: created 2025-06-01 12:00 UTC, maximum age P1M', {}, { maxAge: 'P1M' }],
  ])('the explanation of a device that is left alone ends with "%s"', (line, device, policy) => {
    const lines = explainTimedDevice({ ...dueDevice, ...device }, policyOf(policy), now);
    expect(lines.at(-1)).toBe(line);
  });
});

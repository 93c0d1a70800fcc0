import fc from 'fast-check';
import { DateTime, Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../../src/config/settings/read-group.ts';
import type { TimedDeviceFacts } from '../../../src/policies/timed-devices/device.ts';
import { checkWait, longestWait, outlookOf } from '../../../src/policies/timed-devices/outlook.ts';
import { decideTimedDevice } from '../../../src/policies/timed-devices/refresh-timed-devices.ts';
import {
  type RefreshTimedDevicesPolicy,
  refreshTimedDevicesSettings,
} from '../../../src/policies/timed-devices/settings.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.parse('2026-06-01T12:00:00Z');

function policyOf(texts: Readonly<Record<string, string>> = {}): RefreshTimedDevicesPolicy {
  const given = { unit: 'days', rereadAfter: 'P7D', ...texts };
  return readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, given);
}

/** Warned about 7 days before its time-out: with a margin of 36 hours it is due 8.5 days before it. */
const phone: TimedDeviceFacts = {
  id: 'phone',
  friendlyName: null,
  deviceType: null,
  userAgent: null,
  details: null,
  state: 2,
  createTime: nowMs - 100 * dayMs,
  lastOkTime: nowMs - hourMs,
  lastErrorTime: 'never',
  timeout: nowMs + 30 * dayMs,
  timeoutConf: 90,
  timeoutConfAheadNotification: 7,
  timeoutNotificationSent: false,
};

/** Days from now, as they are easier to read. */
function outlookInDays(devices: readonly Partial<TimedDeviceFacts>[], policy = policyOf()) {
  const whole = devices.map((device) => ({ ...phone, ...device }));
  const { nothingBeforeMs, newAfterMs } = outlookOf(whole, policy, nowMs);
  const rest = newAfterMs === undefined ? [] : [newAfterMs / dayMs];
  return [(nothingBeforeMs - nowMs) / dayMs, ...rest];
}

describe('an outlook', () => {
  it.each<[string, Partial<TimedDeviceFacts>[], number[]]>([
    ['a device that is not due', [{}], [21.5, 81.5]],
    ['the first of two devices', [{}, { timeout: nowMs + 10 * dayMs }], [1.5, 81.5]],
    ['the quickest of two devices', [{}, { timeoutConf: 14 }], [21.5, 5.5]],
    ['a device that is due before its clock starts', [{ timeoutConf: 8 }], [21.5, 0]],
    ['no device, so that an answer without any silences nobody', [], [0]],
    ['a device that is not timed', [{ timeoutConf: null }], [Number.POSITIVE_INFINITY]],
    ['a device without a time-out', [{ timeout: 'never' }], [Number.POSITIVE_INFINITY, 81.5]],
    ['a device that has timed out', [{ timeout: nowMs - dayMs }], [Number.POSITIVE_INFINITY, 81.5]],
    [
      'a device that is due and out of use',
      [{ timeout: nowMs + 8 * dayMs, lastOkTime: 'never' }],
      [-0.5, 81.5],
    ],
    ['a device with a date that cannot be read', [{ lastErrorTime: 'unreadable' }], [0, 81.5]],
    ['no number ahead: the notice', [{ timeoutConfAheadNotification: null }], [21.5, 81.5]],
    ['a number that gives no date', [{ timeoutConf: 1e15 }], [21.5, 0]],
  ])(
    'an outlook tells in days when the user can be due, and how soon a new device would be: %s',
    (_, devices, expected) => {
      expect(outlookInDays(devices)).toEqual(expected);
    },
  );

  it('a device that is left alone for its name may be named otherwise: it says when, and not how soon a new one would be', () => {
    const policy = policyOf({ exclude: 'browser' });
    const quick = { timeoutConf: 9, timeout: nowMs + 9 * dayMs };
    expect(outlookInDays([{ ...quick, deviceType: 'Browser' }], policy)).toEqual([0.5]);
    expect(outlookInDays([quick], policy)).toEqual([0.5, 0.5]);
  });
});

it.each([
  ['P1D', 'days', undefined],
  ['PT12H', 'days', undefined],
  ['PT25H', 'days', 25 * hourMs],
  ['P30D', 'days', 30 * dayMs],
])('REREAD_AFTER %s with unit %s makes the longest wait %s', (rereadAfter, unit, expected) => {
  expect(longestWait(policyOf({ rereadAfter, unit }))).toBe(expected);
});

it('a longer wait needs a unit: without one it has no effect, and the check says so', () => {
  const policy = { ...policyOf(), unit: undefined };
  expect(longestWait(policy)).toBeUndefined();
  expect(checkWait(policy)).toEqual([
    {
      problem: expect.stringContaining('REREAD_AFTER P7D has no effect without UNIT'),
      advice: expect.stringContaining('set UNIT'),
    },
  ]);
  expect(checkWait(policyOf())).toEqual([]);
  expect(checkWait({ ...policy, rereadAfter: Duration.fromISO('P1D') })).toEqual([]);
});

it('whatever users do with their devices, none is refreshed while its owner is not asked', () => {
  const kind = fc.record({
    timeoutConf: fc.integer({ min: 1, max: 90 }),
    ahead: fc.integer({ min: 0, max: 10 }),
  });
  const device = fc.record({ kind: fc.nat(2), leftDays: fc.double({ min: -2, max: 90, noNaN: true }) });
  const change = fc.record({ atDays: fc.double({ min: 0, max: 40, noNaN: true }), kind: fc.nat(2) });
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 3, maxLength: 3 }),
      fc.array(device, { maxLength: 4 }),
      fc.array(change, { maxLength: 4 }),
      fc.double({ min: 0, max: 40, noNaN: true }),
      fc.integer({ min: 1, max: 100 }),
      (kinds, devices, changes, lookDays, marginHours) => {
        const policy = policyOf({ margin: `PT${marginHours}H` });
        const made = (of: number, timeout: number) => ({
          ...phone,
          timeout,
          timeoutConf: kinds[of]?.timeoutConf ?? 1,
          timeoutConfAheadNotification: kinds[of]?.ahead ?? 0,
        });
        const before = devices.map(({ kind: of, leftDays }) => made(of, nowMs + leftDays * dayMs));
        // The site has devices of every kind, whoever owns them.
        const site =
          outlookOf(
            kinds.map((_, of) => made(of, nowMs)),
            policy,
            nowMs,
          ).newAfterMs ?? 0;
        const until = Math.min(outlookOf(before, policy, nowMs).nothingBeforeMs, nowMs + site);
        const lookMs = nowMs + lookDays * dayMs;
        fc.pre(lookMs < until);
        // Devices that are there are used, or extended; new ones come.
        const started = changes
          .filter(({ atDays }) => atDays <= lookDays)
          .map(({ atDays, kind: of }) => made(of, nowMs + (atDays + (kinds[of]?.timeoutConf ?? 1)) * dayMs));
        const now = DateTime.fromMillis(lookMs, { zone: 'utc' });
        for (const one of [...before, ...started]) {
          const used = { ...one, lastOkTime: lookMs };
          expect(decideTimedDevice(used, policy, now).refresh).toBe(false);
        }
      },
    ),
  );
});

import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';
import { readTexts } from '../../../../src/config/settings/read-group.ts';
import { jobs } from '../../../../src/jobs/index.ts';
import { modeLine } from '../../../../src/ops/doctor/configuration.ts';
import { datesLine, rereadLine, unitLine } from '../../../../src/ops/doctor/vendors/unit.ts';
import type { TimedDeviceFacts } from '../../../../src/policies/timed-devices/device.ts';
import { refreshTimedDevicesSettings } from '../../../../src/policies/timed-devices/settings.ts';
import { leastEnvironment } from '../../../config/environments.ts';

const against = { minutes: 0, hours: 0, days: 0 };
const shown = { unit: 'days', confidence: 'high', devices: 12, speaking: 12, against } as const;
const unshown = { unit: 'unknown', confidence: 'none', devices: 12, speaking: 0, against } as const;

test.each([
  ['days', 'high', 'days', 'ok'],
  ['days', 'high', 'hours', 'fail'],
  ['days', 'low', 'hours', 'warn'],
  ['days', 'high', undefined, 'warn'],
  ['unknown', 'none', 'days', 'not-checked'],
  ['unknown', 'none', undefined, 'warn'],
] as const)(
  'the unit %s by confidence %s beside %s in the policy is %s',
  (unit, confidence, policy, health) => {
    expect(unitLine({ ...shown, unit, confidence }, policy, 9).health).toBe(health);
  },
);

test('a unit that no device could show is not checked, since nothing is timed', () => {
  expect(unitLine({ ...unshown, devices: 0 }, undefined, 9).health).toBe('not-checked');
});

const timed = {
  timeoutConf: 30,
  createTime: 1,
  lastOkTime: 1,
  lastErrorTime: 'never',
  timeout: 2,
} as const;
const odd = { ...timed, timeout: 'unreadable' } as const;

test.each([
  ['ok', [timed, timed], 'those of 2 timed devices can be read'],
  ['not-checked', [{ ...odd, timeoutConf: 0 }], 'no timed device of 9 users'],
  [
    'warn',
    [odd, ...Array.from({ length: 9 }, () => timed)],
    'those of 1 of 10 timed devices of 9 users cannot be read (Timeout)',
  ],
  [
    'fail',
    [odd, { ...timed, createTime: 'unreadable' }],
    'those of 2 of 2 timed devices of 9 users cannot be read (Timeout, CreateTime)',
  ],
] as const)('the dates of timed devices are %s: %#', (health, devices, found) => {
  expect(datesLine(devices, 9, 0.1)).toMatchObject({ health, found });
});

test.each([
  ['the unit that the devices show', shown, 'Set REFRESH_TIMED_DEVICES_UNIT=days.'],
  [
    'a unit that few devices show, once it is seen elsewhere, too',
    { ...shown, confidence: 'low' },
    /^Set REFRESH_TIMED_DEVICES_UNIT=days after caretaker explain/,
  ],
  [
    'to ask, where the devices do not show it',
    unshown,
    /^Ask who runs Pointsharp ID.*REFRESH_TIMED_DEVICES_NOTICE/,
  ],
  [
    'to correct first what kept the devices from being read',
    undefined,
    /^No devices were read: correct what fails/,
  ],
] as const)('the doctor advises in enforce without a unit %s', (_what, estimate, remedy) => {
  const config = loadConfig({ ...leastEnvironment, CARETAKER_MODE: 'enforce' }, jobs, DateTime.utc());
  expect(modeLine(config, estimate)).toMatchObject({ health: 'warn', remedy: expect.stringMatching(remedy) });
});

test('the doctor has nothing to say about the unit in observe, or once it is set', () => {
  const load = (extra: Record<string, string>) =>
    modeLine(loadConfig({ ...leastEnvironment, ...extra }, jobs, DateTime.utc()), unshown).health;
  expect(load({})).toBe('ok');
  expect(load({ CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_UNIT: 'days' })).toBe('ok');
});

const quick: TimedDeviceFacts = {
  id: 'phone',
  friendlyName: null,
  deviceType: null,
  userAgent: null,
  details: null,
  state: null,
  createTime: 1,
  lastOkTime: 1,
  lastErrorTime: 'never',
  timeout: 'never',
  timeoutConf: 14,
  timeoutConfAheadNotification: 7,
  timeoutNotificationSent: false,
};

test.each([
  [
    'ok',
    { unit: 'days' },
    [quick],
    'is due P5DT12H after its clock starts; REFRESH_TIMED_DEVICES_REREAD_AFTER is P1D; up to P5DT12H saves requests here',
  ],
  [
    'ok',
    { unit: 'days', rereadAfter: 'P7D' },
    [quick, { ...quick, timeoutConf: 90 }],
    'the quickest of 2 timed devices is due P5DT12H',
  ],
  [
    'ok',
    { unit: 'days' },
    [{ ...quick, timeoutConf: 9 }],
    'is due PT12H after its clock starts; REFRESH_TIMED_DEVICES_REREAD_AFTER is P1D; every run has to ask everybody',
  ],
  [
    'warn',
    { unit: 'days', rereadAfter: 'P7D' },
    [{ ...quick, timeoutConf: 9 }],
    'every run has to ask everybody',
  ],
  ['not-checked', { unit: 'days' }, [{ ...quick, timeoutConf: 0 }], 'no timed device'],
  ['not-checked', {}, [quick], 'without REFRESH_TIMED_DEVICES_UNIT every run asks everybody'],
] as const)(
  'how long a user can be left unasked is told by the devices: %s %#',
  (health, texts, devices, found) => {
    const policy = readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, texts);
    const line = rereadLine(devices, policy, DateTime.fromISO('2026-06-01T00:00:00Z'));
    expect(line).toMatchObject({ health, found: expect.stringContaining(found) });
  },
);

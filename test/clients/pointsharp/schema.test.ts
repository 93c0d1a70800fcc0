import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DateTime, FixedOffsetZone } from 'luxon';
import { expect, test } from 'vitest';
import { Devices, readMoment } from '../../../src/clients/pointsharp/schema.ts';
import { fixture } from '../vendors.ts';

test('the vendor’s own sample becomes a device of ours', () => {
  const [device] = Devices.parse(JSON.parse(readFileSync(fixture('pointsharp-devices.txt'), 'utf8')));
  const time = Date.UTC(2025, 8, 10, 10, 24, 21, 6);
  expect(device).toEqual({
    id: 'sample string 3',
    friendlyName: 'sample string 1',
    state: 2,
    deviceType: 'sample string 4',
    userAgent: 'sample string 5',
    createTime: time,
    lastOkTime: time,
    lastErrorTime: time,
    timeout: time,
    timeoutConf: 9,
    timeoutConfAheadNotification: 10,
    timeoutNotificationSent: true,
    easSyncKeyPrefix: 13,
    details: { title: 'sample string 1', platform: 'sample string 2', serviceName: 'sample string 3' },
  });
});

test('a device that is listed twice is one, as it is listed first', () => {
  const listed = [{ DeviceId: 'phone', State: 1 }, { DeviceId: 'Phone' }, { DeviceId: 'phone', State: 2 }];
  expect(Devices.parse(listed).map(({ id, state }) => [id, state])).toEqual([
    ['phone', 1],
    ['Phone', null],
  ]);
});

test('a device with nothing but an id is read', () => {
  expect(Devices.parse([{ DeviceId: 'd1', Unknown: { deep: 1 } }])).toEqual([
    {
      id: 'd1',
      friendlyName: null,
      state: null,
      deviceType: null,
      userAgent: null,
      createTime: 'never',
      lastOkTime: 'never',
      lastErrorTime: 'never',
      timeout: 'never',
      timeoutConf: null,
      timeoutConfAheadNotification: null,
      timeoutNotificationSent: false,
      easSyncKeyPrefix: null,
      details: null,
    },
  ]);
});

test.each([null, '13', {}])('the EASSyncKeyPrefix %j of a device spoils nothing', (EASSyncKeyPrefix) => {
  expect(Devices.parse([{ DeviceId: 'd1', EASSyncKeyPrefix }])).toMatchObject([{ easSyncKeyPrefix: null }]);
});

test.each([
  null,
  undefined,
  '',
  '  ',
  '0001-01-01T00:00:00',
  '0001-01-01T00:00:00+01:00',
  '0001-01-01T00:00:00.0000000Z',
])('the date %j of a device means never', (value) => expect(readMoment(value)).toBe('never'));

test.each([
  'soon',
  '2025',
  '12:00',
  '2025-13-01T00:00:00Z',
  '2025-02-30T00:00:00Z',
  'T',
  1_757_499_861,
  true,
  {},
  '/Date(1)/',
])('the date %j of a device is unreadable', (value) => expect(readMoment(value)).toBe('unreadable'));

test('a date without an offset is taken as UTC', () => {
  expect(readMoment('2025-09-10T12:24:21')).toBe(Date.UTC(2025, 8, 10, 12, 24, 21));
});

const fractions = fc.stringMatching(/^\d{0,9}$/).map((digits) => (digits === '' ? '' : `.${digits}`));
const offsets = fc.integer({ min: -12 * 60, max: 14 * 60 });

test('a date is the moment it says, whatever its zone and its fractional digits', () => {
  const moments = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, offsets, fractions, (date, offset, fraction) => {
      const time = DateTime.fromJSDate(date).setZone(FixedOffsetZone.instance(offset));
      const written = `${time.toFormat("yyyy-MM-dd'T'HH:mm:ss")}${fraction}${time.toFormat('ZZ')}`;
      const milliseconds = Number(fraction.slice(1, 4).padEnd(3, '0'));
      expect(readMoment(written)).toBe(Math.floor(date.getTime() / 1000) * 1000 + milliseconds);
    }),
  );
});

test('what looks like a date is read as ISO 8601 has it, or not at all', () => {
  const number = (most: number) =>
    fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'));
  const zone = fc.oneof(fc.constantFrom('', 'Z', '+00:00', '+24:00', '+2:00', ' '), offsets.map(String));
  const dates = fc.tuple(
    fc.integer({ min: 1000, max: 9999 }),
    number(14),
    number(33),
    number(26),
    number(62),
    number(62),
    fractions,
    zone,
  );
  fc.assert(
    fc.property(dates, ([year, month, day, hour, minute, second, fraction, offset]) => {
      const written = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`;
      const read = DateTime.fromISO(written.trim(), { zone: 'utc', setZone: true });
      expect(readMoment(written)).toBe(read.isValid ? read.toMillis() : 'unreadable');
    }),
    { numRuns: 1000 },
  );
});

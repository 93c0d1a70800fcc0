import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DateTime, FixedOffsetZone } from 'luxon';
import { expect, test } from 'vitest';
import { Devices, readMoment } from '../../../src/clients/pointsharp/schema.ts';
import { fixture } from '../vendors.ts';

test('the vendor’s own sample becomes a device of ours', () => {
  const [device] = Devices.parse(JSON.parse(readFileSync(fixture('pointsharp-devices.txt'), 'utf8')));
  const time = DateTime.fromISO('2025-09-10T12:24:21.006+02:00', { setZone: true });
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
    details: { title: 'sample string 1', platform: 'sample string 2', serviceName: 'sample string 3' },
  });
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
      details: null,
    },
  ]);
});

test.each([
  null,
  undefined,
  '',
  '  ',
  '0001-01-01T00:00:00',
  '0001-01-01T00:00:00+01:00',
  '0001-01-01T00:00:00.0000000Z',
])('the date %j is never', (value) => expect(readMoment(value)).toBe('never'));

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
])('the date %j is unreadable', (value) => expect(readMoment(value)).toBe('unreadable'));

test('a date without an offset is taken as UTC', () => {
  expect(readMoment('2025-09-10T12:24:21')).toEqual(DateTime.utc(2025, 9, 10, 12, 24, 21));
});

test('a date keeps its zone and its moment, with seven fractional digits or without', () => {
  const moments = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  const offsets = fc.integer({ min: -12 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(moments, offsets, fc.integer({ min: 0, max: 9999 }), (date, offset, rest) => {
      const time = DateTime.fromJSDate(date).setZone(FixedOffsetZone.instance(offset));
      const digits = String(rest).padStart(4, '0');
      const written = `${time.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS")}${digits}${time.toFormat('ZZ')}`;
      const read = readMoment(written);
      expect(read).toBeInstanceOf(DateTime);
      if (!(read instanceof DateTime)) return;
      expect(read.toMillis()).toBe(date.getTime());
      expect(read.offset).toBe(offset);
    }),
  );
});

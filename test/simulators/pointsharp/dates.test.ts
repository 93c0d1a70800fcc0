import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { stampToJson } from '../../../simulators/pointsharp/dates.ts';

test('Pointsharp writes a moment with seven fractional digits and the offset of Stockholm', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1997-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
      (date) => {
        const text = String(stampToJson(date.getTime()));
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+0[12]:00$/);
        const stockholm = DateTime.fromMillis(date.getTime(), { zone: 'Europe/Stockholm' });
        expect(text.slice(0, 23)).toBe(stockholm.toISO({ includeOffset: false }));
        expect(text.slice(-6)).toBe(stockholm.toFormat('ZZ'));
      },
    ),
  );
});

test("the summer time changes at one o'clock UTC", () => {
  expect(stampToJson(Date.parse('2026-03-29T00:59:59.999Z'))).toContain('T01:59:59.999');
  expect(stampToJson(Date.parse('2026-03-29T01:00:00Z'))).toContain('T03:00:00.000');
  expect(stampToJson(Date.parse('2026-10-25T00:59:59Z'))).toContain('T02:59:59.000');
  expect(stampToJson(Date.parse('2026-10-25T01:00:00Z'))).toContain('T02:00:00.000');
});

test('Pointsharp writes no date in the three ways of .NET', () => {
  expect(['null', 'missing', 'min-value'].map((stamp) => stampToJson(stamp as 'null'))).toEqual([
    null,
    undefined,
    '0001-01-01T00:00:00',
  ]);
});

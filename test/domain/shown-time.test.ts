import { expect, it } from 'vitest';
import { minuteIn, timeIn } from '../../src/domain/shown-time.ts';

const iso = '2026-07-01T22:15:59.999Z';

it.each([
  ['UTC', '2026-07-01 22:15'],
  ['Europe/Oslo', '2026-07-02 00:15'],
  ['Asia/Kathmandu', '2026-07-02 04:00'],
])(
  'a moment is shown to people in %s to the minute, and a sentence says whose clock it is',
  (zone, minute) => {
    expect(minuteIn(zone, iso)).toBe(minute);
    expect(minuteIn(zone, Date.parse(iso))).toBe(minute);
    expect(timeIn(zone, iso)).toBe(`${minute} ${zone}`);
  },
);

it('what is no moment is shown as it is', () => {
  expect([minuteIn('UTC', 'soon'), timeIn('UTC', '')]).toEqual(['soon', '']);
});

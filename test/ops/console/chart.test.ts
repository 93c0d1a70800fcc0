import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { chart } from '../../../src/ops/console/pages/chart.ts';
import { scaleOfLengths, scaleOfNumbers } from '../../../src/ops/console/pages/scale.ts';

const now = DateTime.fromISO('2026-11-30T08:00:00', { zone: 'Europe/Oslo' });

function ticks(count: number, hoursApart: number): string[] {
  const bars = Array.from({ length: count }, (_, index) => ({
    at:
      now
        .minus({ hours: (count - 1 - index) * hoursApart })
        .toUTC()
        .toISO() ?? '',
    name: `run ${index}`,
    link: `/runs/${index}`,
    parts: [{ tone: 'main' as const, value: 300 + index }],
  }));
  const markup = String(chart({ title: 'Users', bars, now }));
  expect(markup.match(/<a /g)).toHaveLength(count);
  return [...markup.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = '']) => text);
}

it.each([
  [1, 24, ['30 Nov']],
  [7, 24, ['24 Nov', '30 Nov']],
  [20, 24, ['11 Nov', '21 Nov', '30 Nov']],
  [7, 1, ['02:00', '08:00']],
])(
  'a chart of %i runs that are %i hours apart has a scale, and dates in the zone of the page',
  (count, hours, dates) => {
    expect(ticks(count, hours)).toEqual(['0', '250', '500', ...dates]);
  },
);

it.each([
  [0, 2, '1'],
  [1, 2, '1'],
  [3, 5, '2.5'],
  [11, 20, '10'],
  [99, 100, '50'],
  [101, 200, '100'],
  [20_000, 20_000, '10K'],
  [2_100_000, 5_000_000, '2.5M'],
])('a scale of numbers up to %i ends at %i, with %s in its middle', (most, end, middle) => {
  const scale = scaleOfNumbers(most);
  expect([scale.end, scale.text(scale.end / 2)]).toEqual([end, middle]);
});

it.each([
  [0, '0', '2 s'],
  [2_001, '2 s', '4 s'],
  [61_000, '1 min', '2 min'],
  [3_600_001, '1 h', '2 h'],
  [100 * 3_600_000, '2.5 d', '5 d'],
])('a scale of lengths up to %i ms has a round middle and end', (most, middle, end) => {
  const scale = scaleOfLengths(most);
  expect([most === 0 ? scale.text(0) : scale.text(scale.end / 2), scale.text(scale.end)]).toEqual([
    middle,
    end,
  ]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitColumns, gap } from '../../../src/commands/terminal/fit-columns.ts';

const lineOf = (widths: readonly number[]) =>
  widths.reduce((sum, width) => sum + width, gap * (widths.length - 1));

it.each<[string, string[][], number, number[]]>([
  [
    'has room',
    [
      ['run', 'reason'],
      ['48c92b', 'all is well'],
    ],
    80,
    [6, 11],
  ],
  ['has several lines in a cell', [['next'], ['2026-11-28\n2026']], 80, [10]],
  [
    'has one column of words too long',
    [
      ['run', 'reason'],
      ['48c92b', 'a b c d e f g h i j'],
    ],
    20,
    [6, 12],
  ],
  [
    'has words that leave no room',
    [
      ['run', 'reason'],
      ['a'.repeat(30), 'well known'],
    ],
    20,
    [12, 6],
  ],
])('a table that %s fits', (_, rows, available, widths) => {
  expect(fitColumns(rows, available)).toEqual(widths);
});

it('a table of whatever texts fits the line, unless its columns are at their narrowest', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1 }), (rows) => {
      const widths = fitColumns(rows, 60);
      expect(lineOf(widths)).toBeLessThanOrEqual(60);
      const free = fitColumns(rows, Number.POSITIVE_INFINITY);
      for (const [column, width] of widths.entries()) expect(width).toBeLessThanOrEqual(free[column] ?? 0);
    }),
  );
});

it('a date stays in one line with its time where another column can give way', () => {
  const rows = [['11-28 22:26', 'a reason of several words']];
  expect(fitColumns(rows, 24)).toEqual([11, 11]);
});

it('words are kept whole where the line has room for them', () => {
  expect(fitColumns([['refresh-timed-devices', 'a reason of several words']], 40)).toEqual([21, 17]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countAtRisk, createDeadlines } from '../../src/runs/at-risk.ts';

const startMs = 1_000_000;

test.each([
  ['nothing planned', [], 1, 0],
  ['one action in time', [2000], 1, 0],
  ['exactly at its deadline', [1000], 1, 0],
  ['one action too late', [999], 1, 1],
  ['the third of three', [1000, 2000, 2999], 1, 1],
  ['all in time at twice the pace', [1000, 2000, 2999], 2, 0],
  ['what is late already', [-5000, 0, 3000], 1, 0],
] as const)('actions are counted as at risk: %s', (_title, deadlines, actionsPerSecond, expected) => {
  const absolute = deadlines.map((deadline) => startMs + deadline);
  expect(countAtRisk(absolute, { startMs, actionsPerSecond })).toBe(expected);
});

test('a faster pace never puts more actions at risk, and more time neither', () => {
  const deadlines = fc
    .array(fc.integer({ min: -10_000, max: 100_000 }))
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(deadlines, fc.integer({ min: 1, max: 50 }), fc.nat(20_000), (offsets, pace, more) => {
      const at = (actionsPerSecond: number, extra = 0) =>
        countAtRisk(
          offsets.filter((offset) => offset > 0).map((offset) => startMs + offset + extra),
          { startMs, actionsPerSecond },
        );
      expect(at(pace + 1)).toBeLessThanOrEqual(at(pace));
      expect(at(pace, more)).toBeLessThanOrEqual(at(pace));
    }),
  );
});

test('deadlines are gathered in any order and number, and read the soonest first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 3_000 }), (offsets) => {
      const deadlines = createDeadlines();
      for (const offset of offsets) deadlines.add(startMs + offset);
      const expected = offsets.map((offset) => startMs + offset).sort((one, other) => one - other);
      expect(Array.from(deadlines.soonestFirst())).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gate } from '../../src/runs/gate.ts';

const open = { maxActions: 1000, maxShare: 1 };

test.each([
  { title: 'nothing planned', facts: [10, 0, 0], limits: open },
  { title: 'exactly as many actions as allowed', facts: [10, 5, 5], limits: { maxActions: 5, maxShare: 1 } },
  { title: 'exactly the share that is allowed', facts: [10, 5, 9], limits: { maxActions: 9, maxShare: 0.5 } },
  { title: 'a share that is no round number', facts: [100, 7, 7], limits: { maxActions: 9, maxShare: 0.07 } },
  { title: 'everybody, where everybody is allowed', facts: [3, 3, 6], limits: open },
  { title: 'nothing, where nothing is allowed', facts: [3, 0, 0], limits: { maxActions: 0, maxShare: 0 } },
] as const)('lets through: $title', ({ facts: [selected, touched, planned], limits }) => {
  expect(gate({ selected, touched, planned }, limits)).toEqual({ pass: true });
});

test.each([
  { title: 'an empty roster', facts: [0, 0, 0], limits: open, says: ['CARETAKER_ROSTER'] },
  {
    title: 'one action too many',
    facts: [10, 5, 6],
    limits: { maxActions: 5, maxShare: 1 },
    says: ['6 actions', 'at most 5', 'MAX_ACTIONS'],
  },
  {
    title: 'one user too many',
    facts: [1000, 501, 501],
    limits: { maxActions: 501, maxShare: 0.5 },
    says: ['501 of 1000 users', '0.5', 'MAX_SHARE'],
  },
  {
    title: 'both limits passed',
    facts: [2, 2, 4],
    limits: { maxActions: 3, maxShare: 0.5 },
    says: ['MAX_ACTIONS', 'MAX_SHARE'],
  },
  {
    title: 'one action where none is allowed',
    facts: [9, 1, 1],
    limits: { maxActions: 0, maxShare: 0 },
    says: ['MAX_ACTIONS', 'MAX_SHARE'],
  },
] as const)('stops $title and says why', ({ facts: [selected, touched, planned], limits, says }) => {
  const verdict = gate({ selected, touched, planned }, limits);
  const reason = verdict.pass ? '' : verdict.reason;
  for (const words of says) expect(reason).toContain(words);
});

test('a share that is passed by little is not told as the one that is allowed', () => {
  const verdict = gate({ selected: 1000, touched: 501, planned: 501 }, { maxActions: 501, maxShare: 0.5 });
  expect(verdict.pass ? '' : verdict.reason).not.toContain('a share of 0.50 where 0.5 is allowed');
});

test('lets through exactly what is within every limit', () => {
  const facts = fc
    .nat(500)
    .chain((selected) =>
      fc
        .record({ selected: fc.constant(selected), touched: fc.nat(selected) })
        .chain((users) =>
          fc.record({ ...constants(users), planned: fc.integer({ min: users.touched, max: 999 }) }),
        ),
    );
  const limits = fc.record({ maxActions: fc.nat(999), percent: fc.nat(100) });
  fc.assert(
    fc.property(facts, limits, ({ selected, touched, planned }, { maxActions, percent }) => {
      const within = selected > 0 && planned <= maxActions && touched * 100 <= percent * selected;
      expect(gate({ selected, touched, planned }, { maxActions, maxShare: percent / 100 }).pass).toBe(within);
    }),
    { numRuns: 1000 },
  );
});

function constants(users: { selected: number; touched: number }) {
  return { selected: fc.constant(users.selected), touched: fc.constant(users.touched) };
}

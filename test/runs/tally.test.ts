import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addFailure, addTally, emptyTally, type Tally } from '../../src/runs/tally.ts';

const count = fc.nat(1000);
const counts = fc.dictionary(fc.constantFrom('not-due', 'not-timed', 'inactive', 'excluded'), count);
const tally: fc.Arbitrary<Tally> = fc.record({
  users: fc.record({ inspected: count, failed: count, notReached: count, notAsked: count }),
  actions: fc.record({ planned: count, applied: count, skipped: count, failed: count, notReached: count }),
  unreadable: count,
  touched: count,
  late: count,
  repeated: count,
  attempts: count,
  requests: count,
  kept: counts,
  findings: counts,
  failures: fc.array(fc.record({ user: fc.string(), reason: fc.string() }), { maxLength: 20 }),
});

function sum(...parts: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const part of parts) addTally(total, part);
  return total;
}

/** Which failures are shown depends on the order; how many does not. */
function numbers({ failures, ...rest }: Tally) {
  return { ...rest, failures: failures.length };
}

test('tallies can be added in any grouping', () => {
  fc.assert(
    fc.property(tally, tally, tally, (a, b, c) => {
      expect(sum(sum(a, b), c)).toEqual(sum(a, sum(b, c)));
    }),
  );
});

test('the numbers of tallies do not depend on the order in which they are added', () => {
  fc.assert(
    fc.property(tally, tally, (a, b) => {
      expect(numbers(sum(a, b))).toEqual(numbers(sum(b, a)));
    }),
  );
});

test('a tally of nothing changes nothing, and what is added is not changed', () => {
  fc.assert(
    fc.property(tally, tally, (a, b) => {
      const before = structuredClone(b);
      expect(sum(emptyTally(), a)).toEqual(a);
      sum(a, b);
      expect(b).toEqual(before);
    }),
  );
});

test('a tally keeps only the first 20 failures', () => {
  const total = emptyTally();
  for (let number = 0; number < 25; number += 1) addFailure(total, { user: `user ${number}`, reason: 'no' });
  expect(total.failures.map(({ user }) => user)).toEqual(
    Array.from({ length: 20 }, (_, number) => `user ${number}`),
  );
});

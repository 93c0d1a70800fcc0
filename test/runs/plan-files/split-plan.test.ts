import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planResult } from '../../../src/runs/plan-batch.ts';
import { partProgress, planParts } from '../../../src/runs/plan-files/split-plan.ts';
import { addTally, emptyTally } from '../../../src/runs/tally.ts';
import { actionOf, users } from '../fake-jobs.ts';

/** So many users, and how many actions some of them have; the actions come in any order. */
const plans = fc
  .record({
    perUser: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 30 }),
    untouched: fc.nat({ max: 30 }),
    usersInPart: fc.integer({ min: 1, max: 12 }),
  })
  .filter(({ perUser, untouched }) => perUser.length + untouched > 0)
  .chain(({ perUser, untouched, usersInPart }) => {
    const people = users(perUser.length);
    const actions = people.flatMap((user, place) =>
      Array.from({ length: perUser[place] ?? 0 }, (_, index) => actionOf(user, `device ${index}`)),
    );
    return fc.record({
      selected: fc.constant(perUser.length + untouched),
      touched: fc.constant(perUser.length),
      actions: fc.shuffledSubarray(actions, { minLength: actions.length }),
      usersInPart: fc.constant(usersInPart),
    });
  });

it('a plan is cut into parts that add up to it, with the actions of a user together', () => {
  fc.assert(
    fc.property(plans, ({ selected, touched, actions, usersInPart }) => {
      const parts = [...planParts({ selected, actions }, usersInPart)];
      expect(parts).toHaveLength(Math.ceil(selected / usersInPart));
      expect(parts).toEqual([...planParts({ selected, actions }, usersInPart)]);
      for (const part of parts) expect(part.users).toBeLessThanOrEqual(usersInPart);

      const sum = emptyTally();
      for (const part of parts) addTally(sum, planResult(partProgress(part)).tally);
      expect(sum.users).toEqual({ inspected: selected, failed: 0, notReached: 0, notAsked: 0 });
      expect(sum.actions).toEqual({
        planned: actions.length,
        applied: 0,
        skipped: 0,
        failed: 0,
        notReached: 0,
      });
      // A user in two parts would count twice.
      expect(sum.touched).toBe(touched);
      const found = parts.flatMap((part) => planResult(partProgress(part)).actions ?? []);
      expect(new Set(found)).toEqual(new Set(actions));
      expect(found).toHaveLength(actions.length);
    }),
  );
});

it('a part of a plan counts what is late, as a batch that asks the vendor does', () => {
  const [kari, ola] = users(2);
  if (!kari || !ola) throw new Error('two users were asked for');
  const actions = [
    actionOf(kari, 'a', { late: true }),
    actionOf(kari, 'b'),
    actionOf(ola, 'c', { late: true }),
  ];
  expect(partProgress({ users: 5, actions }).tally).toMatchObject({ late: 2, touched: 2 });
});

it('a plan without actions is cut into parts that have none', () => {
  expect([...planParts({ selected: 3 }, 2)]).toEqual([
    { users: 2, actions: [] },
    { users: 1, actions: [] },
  ]);
});

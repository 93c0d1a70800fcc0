import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../../src/jobs/job.ts';
import {
  ActionTuples,
  fromActionTuple,
  toActionTuple,
  UserTuple,
} from '../../../src/queue/messages/tuples.ts';

const anyAction: fc.Arbitrary<Action> = fc.record(
  {
    user: fc.record(
      {
        username: fc.string({ minLength: 1 }),
        userStorageName: fc.string(),
        associateId: fc.nat(),
        active: fc.boolean(),
        groups: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
      },
      { requiredKeys: ['username'] },
    ),
    subject: fc.string(),
    deadline: fc.double({ noNaN: true, noDefaultInfinity: true }).map((deadline) => deadline + 0),
    timeout: fc.integer(),
    lastUsed: fc.integer(),
    late: fc.constant(true as const),
    more: fc.integer(),
  },
  { requiredKeys: ['user', 'subject'] },
);

/** Through the queue and back. */
const sent = (packed: unknown) => ActionTuples.parse(JSON.parse(JSON.stringify(packed))).map(fromActionTuple);

test('an action comes through the queue as it was', () => {
  fc.assert(
    fc.property(fc.array(anyAction), (actions) => {
      expect(sent(actions.map(toActionTuple))).toEqual(actions);
    }),
  );
});

test('a planned action takes less than 100 bytes of the plan, and less than 85 of what is to be applied', () => {
  const applied = {
    user: { username: 'kari.nordmann.berg', userStorageName: 'AD' },
    subject: 'ApplDL1A2B3C4D0',
    deadline: 1_795_000_000_000,
    timeout: 1_795_604_800_000,
  };
  const bytes = (action: Action) => Buffer.byteLength(JSON.stringify(toActionTuple(action)));
  expect(bytes({ ...applied, lastUsed: 1_794_900_000_000 })).toBeLessThan(100);
  expect(bytes(applied)).toBeLessThan(85);
});

test.each([
  [['anna', 'AD', 7], true],
  [['anna', null, null], true],
  [['anna', null, null, false], true],
  [['anna', null, null, null, ['sales']], true],
  [['anna', null], false],
  [['anna', null, null, null, [], 1], false],
  [[7, null, null], false],
  [[null, null, null], false],
  [['anna', 7, null], false],
  [['anna', null, 1.5], false],
  [['anna', null, '7'], false],
  [['anna', null, null, 'yes'], false],
  [['anna', null, null, null, null], false],
  [['anna', null, null, null, [7]], false],
  [{ 0: 'anna', 1: null, 2: null, length: 3 }, false],
  ['anna', false],
  [null, false],
])('%j off the queue is taken for a user: %s', (value, expected) => {
  expect(UserTuple.safeParse(value).success).toBe(expected);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../../src/jobs/job.ts';
import { ActionTuples, fromActionTuple, toActionTuple } from '../../../src/queue/messages/tuples.ts';

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

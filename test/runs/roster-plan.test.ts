import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newProgress } from '../../src/runs/batch.ts';
import { countUsers, planFromRoster } from '../../src/runs/roster-plan.ts';
import { actionOf, fakeJob, noClient, now, users } from './fake-jobs.ts';

function counted(perUser: readonly number[], pending: readonly number[], failed: readonly number[]) {
  const progress = newProgress(perUser.reduce((sum, count) => sum + count, 0));
  progress.ledger.pending.clear();
  for (const place of pending) progress.ledger.pending.add(place);
  progress.failed.push(...failed);
  countUsers({ actions: [], perUser, kept: {} }, progress);
  return progress.tally.users;
}

test.each([
  { title: 'all done', perUser: [2, 2], pending: [], failed: [], users: [2, 0, 0] },
  { title: 'nothing to do for anybody', perUser: [0, 0, 0], pending: [], failed: [], users: [3, 0, 0] },
  { title: 'one of two actions failed', perUser: [2], pending: [], failed: [1], users: [1, 0, 0] },
  { title: 'both actions failed', perUser: [2], pending: [], failed: [1, 0], users: [0, 1, 0] },
  { title: 'one done, one not reached', perUser: [2], pending: [1], failed: [], users: [0, 0, 1] },
  { title: 'one failed, one not reached', perUser: [2], pending: [1], failed: [0], users: [0, 0, 1] },
  {
    title: 'each user by his own actions',
    perUser: [1, 0, 2, 1, 2],
    pending: [4],
    failed: [0, 1],
    users: [3, 1, 1],
  },
])('a user has one place in the report: $title', ({ perUser, pending, failed, users: expected }) => {
  const [inspected, failures, notReached] = expected;
  expect(counted(perUser, pending, failed)).toEqual({ inspected, failed: failures, notReached, notAsked: 0 });
});

test('every user of an apply batch is counted once, whatever became of his actions', () => {
  const plans = fc.array(fc.nat(3), { maxLength: 30 }).chain((perUser) => {
    const places = Array.from(
      { length: perUser.reduce((sum, count) => sum + count, 0) },
      (_, place) => place,
    );
    return fc.record({
      perUser: fc.constant(perUser),
      pending: fc.subarray(places),
      failed: fc.subarray(places),
    });
  });
  fc.assert(
    fc.property(plans, ({ perUser, pending, failed }) => {
      const { inspected, failed: failures, notReached } = counted(perUser, pending, failed);
      expect(inspected + failures + notReached).toBe(perUser.length);
    }),
  );
});

test('the same users at the same moment give the same plan', async () => {
  const job = fakeJob({
    plansFrom: 'roster',
    async inspect(user) {
      const odd = user.username.endsWith('1');
      return odd
        ? { actions: [], kept: { odd: 1 } }
        : { actions: [actionOf(user, 'a'), actionOf(user, 'b')] };
    },
  });
  const context = { client: noClient, policy: {}, now };
  const plan = await planFromRoster(job, users(3), context);
  expect(plan).toMatchObject({ perUser: [2, 0, 2], kept: { odd: 1 } });
  expect(plan.actions.map(({ user, subject }) => `${user.username} ${subject}`)).toEqual([
    'user 0 a',
    'user 0 b',
    'user 2 a',
    'user 2 b',
  ]);
  expect(await planFromRoster(job, users(3), context)).toEqual(plan);
});

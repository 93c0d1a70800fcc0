import { describe, expect, test } from 'vitest';
import { finding } from '../../src/policies/finding.ts';
import {
  type KeptProgress,
  keepProgress,
  newProgress,
  resumeProgress,
  type Seen,
} from '../../src/runs/batch.ts';
import { planBatch, planResult } from '../../src/runs/plan-batch.ts';
import { failures } from './failures.ts';
import { actionOf, fakeJob, fakeTools, now, pass, recordLate, users } from './fake-jobs.ts';

test('what a job finds for each user is counted and kept', async () => {
  const lines: string[] = [];
  const dry = finding(
    { rule: 'dry', severity: 'high', associates: [1], subject: 'plant 1', detail: 'needs water' },
    [1],
  );
  const job = fakeJob({
    async inspect(user, context) {
      expect(context.now).toBe(now);
      expect(context.policy).toEqual({ litres: 2 });
      if (user.username === 'user 0')
        return { actions: [actionOf(user, 'fern'), actionOf(user, 'moss', { late: true })] };
      if (user.username === 'user 1')
        return {
          actions: [],
          kept: { wet: 2, plastic: 1 },
          findings: [dry, dry],
          observations: [[1, 'a', null]],
        };
      return { actions: [], kept: { wet: 1 } };
    },
  });
  const progress = newProgress(3);
  await planBatch(job, users(3), progress, fakeTools(lines, { policy: { litres: 2 } }));
  expect(planResult(progress)).toEqual({
    tally: {
      users: { inspected: 3, failed: 0, notReached: 0, notAsked: 0 },
      actions: { planned: 2, applied: 0, skipped: 0, failed: 0, notReached: 0 },
      unreadable: 0,
      touched: 1,
      late: 1,
      repeated: 0,
      attempts: 0,
      requests: 0,
      kept: { wet: 3, plastic: 1 },
      findings: { dry: 2 },
      failures: [],
    },
    actions: [
      { user: { username: 'user 0' }, subject: 'fern' },
      { user: { username: 'user 0' }, subject: 'moss', late: true },
    ],
    observations: [[1, 'a', null]],
  });
  expect(lines).toEqual([
    'kept user 1 {"wet":2,"plastic":1}',
    'found dry plant 1',
    'found dry plant 1',
    'kept user 2 {"wet":1}',
  ]);
});

test('a user whom the vendor cannot read is a failure, and the others of the batch are inspected', async () => {
  const lines: string[] = [];
  const job = fakeJob({
    async inspect(user) {
      if (user.username === 'user 1') throw failures.refused();
      return { actions: [actionOf(user)] };
    },
  });
  const progress = newProgress(3);
  await planBatch(job, users(3), progress, fakeTools(lines));
  const { tally, actions = [] } = planResult(progress);
  expect(tally.users).toEqual({ inspected: 2, failed: 1, notReached: 0, notAsked: 0 });
  expect(tally.failures).toEqual([{ user: 'user 1', reason: 'no such user' }]);
  expect(actions.map(({ user }) => user.username)).toEqual(['user 0', 'user 2']);
  expect(lines).toEqual(['failed user 1 undefined no such user']);
});

test('a user of whom a part cannot be read is inspected, planned for, and told as unreadable', async () => {
  const lines: string[] = [];
  const job = fakeJob({
    async inspect(user) {
      const unreadable = user.username === 'user 1' ? { unreadable: 'a date is odd' } : {};
      return { actions: [actionOf(user)], kept: { odd: 1 }, ...unreadable };
    },
  });
  const progress = newProgress(3);
  await planBatch(job, users(3), progress, fakeTools(lines));
  const { tally } = planResult(progress);
  expect(tally).toMatchObject({
    users: { inspected: 3, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 3 },
    unreadable: 1,
    failures: [{ user: 'user 1', reason: 'a date is odd' }],
  });
  expect(lines).toContain('failed user 1 undefined a date is odd');
});

test('a plan batch that was interrupted goes on where it was, and asks about nobody twice', async () => {
  const asked: string[] = [];
  let down = true;
  const job = fakeJob({
    async inspect(user) {
      asked.push(user.username);
      if (down && user.username === 'user 2') throw failures.misconfigured();
      return { actions: [actionOf(user)] };
    },
  });
  const progress = newProgress(5);
  await expect(planBatch(job, users(5), progress, fakeTools())).rejects.toThrow('wrong password');
  expect(planResult(progress, 'wrong password')).toMatchObject({
    stopped: 'wrong password',
    tally: { users: { inspected: 2, failed: 0, notReached: 3, notAsked: 0 } },
  });
  down = false;
  await planBatch(job, users(5), progress, fakeTools());
  expect(planResult(progress).tally).toMatchObject({
    users: { inspected: 5, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 5 },
    touched: 5,
  });
  expect(asked).toEqual(['user 0', 'user 1', 'user 2', 'user 2', 'user 3', 'user 4']);
});

test('a plan batch whose payload lost a user says so', async () => {
  await expect(planBatch(fakeJob({}), users(1), newProgress(2), fakeTools())).rejects.toThrow(
    'its payload was changed',
  );
});

test.each([0, 1, 2, 3, 4])(
  'every record that is made a text of %d ticks later has each user once, though nobody is asked',
  async (ticks) => {
    const records: KeptProgress[] = [];
    const job = fakeJob({
      async inspect(user) {
        await pass(Number(user.username.at(-1)) % 3);
        if (user.username.endsWith('7')) throw failures.refused();
        return { actions: [actionOf(user)], observations: [[user.username]], kept: { dry: 1 } };
      },
    });
    const progress = newProgress(1_600);
    const record = recordLate(progress, ticks, records);
    await planBatch(job, users(1_600), progress, fakeTools([], { width: 4, record }));
    const sums = records.map(resumeProgress).map(({ ledger, tally, failed, actions, observations }) => ({
      users: tally.users.inspected + tally.users.failed + ledger.pending.size,
      failed: failed.length - tally.users.failed,
      planned: actions.length - tally.users.inspected,
      observed: observations.length - tally.users.inspected,
      kept: (tally.kept.dry ?? 0) - tally.users.inspected,
    }));
    expect(sums.length).toBeGreaterThan(4);
    expect(sums).toEqual(sums.map(() => ({ users: 1_600, failed: 0, planned: 0, observed: 0, kept: 0 })));
  },
);

test('a plan batch asks before anything is written down, as nobody has to know which reads were begun', async () => {
  const records: KeptProgress[] = [];
  const asked: number[] = [];
  const job = fakeJob({
    async inspect() {
      asked.push(records.length);
      return { actions: [] };
    },
  });
  const progress = newProgress(10);
  const record = recordLate(progress, 0, records);
  await planBatch(job, users(10), progress, fakeTools([], { width: 2, record }));
  expect(asked).toEqual(Array(10).fill(0));
});

test('a plan batch that found nothing hands over its numbers alone', () => {
  expect(Object.keys(planResult(newProgress(0)))).toEqual(['tally']);
});

/** Knows of the users at these positions, and takes down what it is to remember. */
function outlooksOf(known: readonly number[], remembered: Seen[][] = []) {
  return {
    known: async () => new Map(known.map((position) => [position, now.toMillis()])),
    remember: async (seen: readonly Seen[]) => {
      remembered.push([...seen]);
    },
  };
}

test('a user for whom nothing can be due yet is not asked, and counted as that; the others are remembered as they were seen', async () => {
  const asked: string[] = [];
  const remembered: Seen[][] = [];
  const outlook = { nothingBeforeMs: 5, newAfterMs: 7 };
  const job = fakeJob({
    async inspect(user) {
      asked.push(user.username);
      if (user.username === 'user 0') return { actions: [actionOf(user)], outlook };
      if (user.username === 'user 2') return { actions: [], unreadable: 'a date', outlook };
      if (user.username === 'user 3') throw failures.refused();
      return { actions: [], outlook };
    },
  });
  const progress = newProgress(5);
  await planBatch(job, users(5), progress, fakeTools([], { outlooks: outlooksOf([1], remembered) }));
  expect(asked).toEqual(['user 0', 'user 2', 'user 3', 'user 4']);
  expect(progress.tally.users).toEqual({ inspected: 3, failed: 1, notReached: 0, notAsked: 1 });
  const askedMs = now.toMillis();
  // Who has actions, could not be read or failed is asked at the next run; what new devices are like is known all the same.
  expect(remembered).toEqual([
    [
      { user: { username: 'user 0' }, askedMs, newAfterMs: 7 },
      { user: { username: 'user 2' }, askedMs, newAfterMs: 7 },
      { user: { username: 'user 3' }, askedMs },
      { user: { username: 'user 4' }, askedMs, nothingBeforeMs: 5, newAfterMs: 7 },
    ],
  ]);
});

test('a batch that breaks off remembers whom it has asked, and takes nobody for not asked twice when it is taken up again', async () => {
  const remembered: Seen[][] = [];
  const job = fakeJob({
    async inspect(user) {
      if (user.username === 'user 2') throw failures.misconfigured();
      return { actions: [], outlook: { nothingBeforeMs: 5 } };
    },
  });
  const progress = newProgress(4);
  const tools = fakeTools([], { outlooks: outlooksOf([0], remembered) });
  await expect(planBatch(job, users(4), progress, tools)).rejects.toThrow();
  expect(planResult(progress).tally.users).toMatchObject({ inspected: 1, notAsked: 1, notReached: 2 });
  expect(remembered.flat().map(({ user, nothingBeforeMs }) => [user.username, nothingBeforeMs])).toEqual([
    ['user 1', 5],
    ['user 2', undefined],
  ]);
  const kept: KeptProgress = JSON.parse(JSON.stringify(keepProgress(progress)));
  const again = resumeProgress(kept);
  await planBatch(
    fakeJob({ inspect: async () => ({ actions: [] }) }),
    users(4),
    again,
    fakeTools([], { outlooks: outlooksOf([]) }),
  );
  expect(again.tally.users).toMatchObject({ inspected: 3, failed: 0, notAsked: 1 });
});

test('a user who has left by the roster is looked at in any case: nobody is asked for it', async () => {
  const job = fakeJob({ inspect: async () => ({ actions: [], kept: { departed: 1 } }) });
  const progress = newProgress(1);
  const known = {
    ...outlooksOf([]),
    known: async (some: readonly unknown[]) => new Map(some.map((_, at) => [at, 1])),
  };
  await planBatch(job, [{ username: 'kari', active: false }], progress, fakeTools([], { outlooks: known }));
  expect(progress.tally).toMatchObject({ users: { inspected: 1, notAsked: 0 }, kept: { departed: 1 } });
  const present = newProgress(1);
  await planBatch(job, [{ username: 'kari' }], present, fakeTools([], { outlooks: known }));
  expect(present.tally).toMatchObject({ users: { inspected: 0, notAsked: 1 }, kept: {} });
});

describe('a batch of which only some are asked', () => {
  const everybodyBut = (...asked: number[]) =>
    Array.from({ length: 200 }, (_, at) => at).filter((at) => !asked.includes(at));
  const failing = (failure: () => Error) =>
    fakeJob({
      async inspect() {
        throw failure();
      },
    });

  test.each([
    ['one user', [7]],
    ['more than are refused at first where nobody gets through', [...Array(15).keys()]],
  ])(
    'goes on where those who are asked are refused, %s: the others went through before',
    async (_, asked) => {
      const progress = newProgress(200);
      const tools = fakeTools([], { outlooks: outlooksOf(everybodyBut(...asked)) });
      await planBatch(failing(failures.notFound), users(200), progress, tools);
      expect(progress.tally.users).toMatchObject({ failed: asked.length, notAsked: 200 - asked.length });
      const all = newProgress(200);
      await expect(
        planBatch(failing(failures.notFound), users(200), all, fakeTools([], { outlooks: outlooksOf([]) })),
      ).rejects.toThrow('no such page');
    },
  );

  test('lets those who were not asked speak for the other batches of the run', async () => {
    const tools = fakeTools([], { outlooks: outlooksOf([0]) });
    await planBatch(fakeJob({}), users(1), newProgress(1), tools);
    const progress = newProgress(1);
    await planBatch(failing(failures.notFound), users(1), progress, { ...tools, outlooks: outlooksOf([]) });
    expect(progress.tally.users).toMatchObject({ failed: 1, notAsked: 0 });
  });

  test('stops where the sign-in is refused, and where a hundred in a row are', async () => {
    const signIn = fakeTools([], { outlooks: outlooksOf(everybodyBut(7)) });
    await expect(
      planBatch(failing(failures.misconfigured), users(200), newProgress(200), signIn),
    ).rejects.toThrow('wrong password');
    const many = fakeTools([], { outlooks: outlooksOf([0]) });
    await expect(planBatch(failing(failures.notFound), users(200), newProgress(200), many)).rejects.toThrow(
      'no such page',
    );
  });

  test('fails nobody for an outage, in no attempt: nobody shows that the vendor works', async () => {
    const outlooks = outlooksOf(everybodyBut(7));
    let progress = newProgress(200);
    for (const _ of [1, 2]) {
      const tools = fakeTools([], { outlooks });
      await expect(planBatch(failing(failures.broken), users(200), progress, tools)).rejects.toThrow('fatal');
      progress = resumeProgress(JSON.parse(JSON.stringify(keepProgress(progress))));
      outlooks.known = async () => new Map();
    }
    expect(planResult(progress).tally.users).toMatchObject({ failed: 0, notReached: 1, notAsked: 199 });
  });
});

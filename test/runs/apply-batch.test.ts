import { expect, test } from 'vitest';
import type { Outcome } from '../../src/jobs/job.ts';
import { applyBatch, applyResult, NothingChanged } from '../../src/runs/apply-batch.ts';
import { type KeptProgress, newProgress, resumeProgress } from '../../src/runs/batch.ts';
import { failures } from './failures.ts';
import { actionOf, fakeJob, fakeTools, now, pass, recordLate, users } from './fake-jobs.ts';

const plannedAt = now.minus({ minutes: 3 });
const actions = users(5).map((user, index) => actionOf(user, `plant ${index}`));

const plan = { plannedAt, recheck: false, verify: false };

test('every action of an apply batch has its outcome, counted and told', async () => {
  const lines: string[] = [];
  const job = fakeJob({
    async apply({ subject }, context) {
      expect(context.now).toBe(now);
      expect(context.plannedAt).toBe(plannedAt);
      if (subject === 'plant 1') return { status: 'skipped', reason: 'gone' };
      if (subject === 'plant 2') return { status: 'failed', reason: 'pot broken' };
      if (subject === 'plant 3') throw failures.refused();
      return { status: 'applied' };
    },
  });
  const progress = newProgress(5);
  await applyBatch(job, actions, plan, progress, fakeTools(lines));
  const { tally } = applyResult(progress);
  expect(tally.actions).toEqual({ planned: 0, applied: 2, skipped: 1, failed: 2, notReached: 0 });
  expect(tally.failures).toEqual([
    { user: 'user 2', subject: 'plant 2', reason: 'pot broken' },
    { user: 'user 3', subject: 'plant 3', reason: 'no such user' },
  ]);
  expect(progress.failed).toEqual([2, 3]);
  expect(lines).toEqual([
    'applied user 0 plant 0',
    'skipped user 1 plant 1 gone',
    'failed user 2 plant 2 pot broken',
    'failed user 3 plant 3 no such user',
    'applied user 4 plant 4',
  ]);
});

test('an action that was applied is not applied again when its batch comes back', async () => {
  const applied: string[] = [];
  let down = true;
  const job = fakeJob({
    async apply({ subject }) {
      if (down && subject === 'plant 3') throw failures.throttled(1000);
      applied.push(subject);
      return { status: 'applied' };
    },
  });
  const progress = newProgress(5);
  await expect(applyBatch(job, actions, plan, progress, fakeTools())).rejects.toThrow('too many');
  expect(applyResult(progress, 'too many')).toMatchObject({
    stopped: 'too many',
    tally: { actions: { applied: 3, notReached: 2 } },
  });
  down = false;
  await applyBatch(job, actions, plan, progress, fakeTools());
  expect(applyResult(progress).tally.actions).toMatchObject({ applied: 5, notReached: 0 });
  expect(applied.sort()).toEqual(actions.map(({ subject }) => subject));
});

test('an action that was applied is read back where that is wanted, and no other is', async () => {
  const confirmed: string[] = [];
  const job = fakeJob({
    async apply({ subject }) {
      return subject === 'plant 1' ? { status: 'skipped', reason: 'gone' } : { status: 'applied' };
    },
    async confirm({ subject }) {
      confirmed.push(subject);
      return true;
    },
  });
  await applyBatch(job, actions, plan, newProgress(5), fakeTools());
  expect(confirmed).toEqual([]);
  await applyBatch(job, actions, { ...plan, verify: true }, newProgress(5), fakeTools());
  expect(confirmed.sort()).toEqual(['plant 0', 'plant 2', 'plant 3', 'plant 4']);
});

test('a write that does not show when it is read back is a failure, and stops the rest', async () => {
  const tried: string[] = [];
  const job = fakeJob({
    async apply({ subject }) {
      tried.push(subject);
      return { status: 'applied' };
    },
    confirm: async ({ subject }) => subject !== 'plant 1',
  });
  const progress = newProgress(5);
  const tools = fakeTools([], { width: 1 });
  const work = applyBatch(job, actions, { ...plan, verify: true }, progress, tools);
  await expect(work).rejects.toThrow(NothingChanged);
  expect(tried).toEqual(['plant 0', 'plant 1']);
  const { tally } = applyResult(progress);
  expect(tally.actions).toEqual({ planned: 0, applied: 1, skipped: 0, failed: 1, notReached: 3 });
  expect(tally.failures).toEqual([
    { user: 'user 1', subject: 'plant 1', reason: 'the vendor accepted the write, but nothing changed' },
  ]);
});

test('actions of a job that has no write are failures, not silence', async () => {
  const progress = newProgress(1);
  await applyBatch(fakeJob({}), actions, plan, progress, fakeTools());
  expect(applyResult(progress).tally).toMatchObject({
    actions: { applied: 0, failed: 1 },
    failures: [{ user: 'user 0', reason: 'The batch has no action 0 that can be applied.' }],
  });
});

test.each([0, 1, 2, 3, 4])(
  'every record that is made a text of %d ticks later has each action once, though nobody is asked',
  async (ticks) => {
    const records: KeptProgress[] = [];
    const job = fakeJob({
      async apply({ subject }) {
        await pass(Number(subject.at(-1)) % 3);
        if (subject.endsWith('7')) return { status: 'failed', reason: 'pot broken' };
        return subject.endsWith('3') ? { status: 'skipped', reason: 'gone' } : { status: 'applied' };
      },
    });
    const many = users(1_200).map((user, index) => actionOf(user, `plant ${index}`));
    const progress = newProgress(1_200);
    const record = recordLate(progress, ticks, records);
    await applyBatch(job, many, plan, progress, fakeTools([], { width: 4, record }));
    const sums = records.map(resumeProgress).map(({ ledger, tally, failed, applied }) => ({
      actions: tally.actions.applied + tally.actions.skipped + tally.actions.failed + ledger.pending.size,
      applied: applied.length - tally.actions.applied,
      failed: failed.length - tally.actions.failed,
    }));
    expect(sums.length).toBeGreaterThan(4);
    expect(sums).toEqual(sums.map(() => ({ actions: 1_200, applied: 0, failed: 0 })));
  },
);

test.each<[end: string, second: () => Promise<Outcome>]>([
  ['is applied', async () => ({ status: 'applied' })],
  ['is skipped', async () => ({ status: 'skipped', reason: 'gone' })],
  ['fails', async () => ({ status: 'failed', reason: 'pot broken' })],
  [
    'is refused by the vendor',
    async () => {
      throw failures.refused();
    },
  ],
])(
  'a write that may have gone through and %s at its second try counts once as repeated',
  async (_, second) => {
    let tries = 0;
    const job = fakeJob({
      async apply({ subject }) {
        if (subject !== 'plant 2') return { status: 'applied' };
        tries += 1;
        if (tries === 1) throw failures.broken();
        return second();
      },
    });
    const progress = newProgress(5);
    await applyBatch(job, actions, plan, progress, fakeTools());
    expect(tries).toBe(2);
    expect(applyResult(progress).tally.repeated).toBe(1);
  },
);

test('a write that the vendor turned away before it did anything is tried again and not counted as repeated', async () => {
  let tries = 0;
  const job = fakeJob({
    async apply() {
      tries += 1;
      if (tries === 1) throw failures.throttled();
      return { status: 'applied' };
    },
  });
  const progress = newProgress(1);
  const one = () => applyBatch(job, actions.slice(0, 1), plan, progress, fakeTools());
  await expect(one()).rejects.toThrow('too many');
  await one();
  expect(tries).toBe(2);
  expect(applyResult(progress).tally).toMatchObject({ repeated: 0, actions: { applied: 1 } });
});

test('every try of a write that is given up in the end counts as repeated, for it may have been done', async () => {
  const job = fakeJob({
    async apply({ subject }) {
      if (subject === 'plant 0') return { status: 'applied' };
      throw failures.unreachable();
    },
  });
  const progress = newProgress(5);
  const work = () => applyBatch(job, actions, plan, progress, fakeTools());
  await expect(work()).rejects.toThrow('no connection');
  expect(applyResult(progress, 'no connection').tally).toMatchObject({
    repeated: 3,
    actions: { applied: 1, notReached: 4 },
  });
});

test.each([true, false])(
  'a job is told with recheck %s whether to look again before each write',
  async (recheck) => {
    const told: unknown[] = [];
    const job = fakeJob({
      async apply(_action, context) {
        told.push(context.recheck);
        return { status: 'applied' };
      },
    });
    await applyBatch(job, actions.slice(0, 1), { ...plan, recheck }, newProgress(1), fakeTools());
    expect(told).toEqual([recheck]);
  },
);

test('a batch whose payload lost an action counts it as failed, without a user', async () => {
  const progress = newProgress(2);
  const job = fakeJob({ apply: async () => ({ status: 'applied' }) });
  const lines: string[] = [];
  await applyBatch(job, actions.slice(0, 1), plan, progress, fakeTools(lines));
  expect(applyResult(progress).tally).toMatchObject({
    actions: { applied: 1, failed: 1, notReached: 0 },
    failures: [{ user: '', reason: 'The batch has no action 1.' }],
  });
  expect(progress).toMatchObject({ applied: [0], failed: [1] });
  expect(lines).toEqual(['applied user 0 plant 0', 'failed  undefined The batch has no action 1.']);
});

test('a write that shows nothing when it is read back is told apart by its error, with the user and the device', async () => {
  const job = fakeJob({ apply: async () => ({ status: 'applied' }), confirm: async () => false });
  const progress = newProgress(1);
  const work = applyBatch(job, actions.slice(0, 1), { ...plan, verify: true }, progress, fakeTools());
  await expect(work).rejects.toMatchObject({
    name: 'NothingChanged',
    message: expect.stringContaining('(plant 0 of user 0)'),
  });
  expect(progress).toMatchObject({ applied: [], failed: [0] });
  expect(progress.ledger.pending.size).toBe(0);
});

test('a batch that reads its writes back hands its client, its policy and the present moment to the job', async () => {
  const contexts: unknown[] = [];
  const job = fakeJob({
    apply: async () => ({ status: 'applied' }),
    async confirm(_action, context) {
      contexts.push(context);
      return true;
    },
  });
  const tools = fakeTools([], { policy: { litres: 2 } });
  await applyBatch(job, actions.slice(0, 1), { ...plan, verify: true }, newProgress(1), tools);
  expect(contexts).toEqual([{ client: tools.client, policy: { litres: 2 }, now }]);
});

test('an apply batch that was not halted hands over no reason for a halt', () => {
  expect(Object.keys(applyResult(newProgress(0)))).toEqual(['tally']);
});

test.each([
  ['429', () => failures.throttled(1000)],
  ['no request, because this process stops', () => failures.interrupted(false)],
  ['no answer', () => failures.unreachable()],
])(
  'a write whose look afterwards meets %s is made once more, and counted as repeated once',
  async (_what, fail) => {
    let isDown = true;
    const written: string[] = [];
    const job = fakeJob({
      async apply({ subject }) {
        written.push(subject);
        return { status: 'applied' };
      },
      async confirm() {
        if (isDown) throw fail();
        return true;
      },
    });
    const one = actions.slice(0, 1);
    const verified = { ...plan, verify: true };
    const progress = newProgress(1);
    await applyBatch(job, one, verified, progress, fakeTools([], { width: 1 })).catch(() => {});
    expect(written.length).toBeGreaterThan(0);
    isDown = false;
    await applyBatch(job, one, verified, progress, fakeTools());
    const { tally } = applyResult(progress);
    expect(tally.actions).toMatchObject({ applied: 1, failed: 0, notReached: 0 });
    expect(tally.repeated).toBe(written.length - 1);
  },
);

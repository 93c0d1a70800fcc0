import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../src/jobs/job.ts';
import { batchSizes } from '../../src/runs/batch-sizes.ts';
import { applyBatches, canarySize, compareActions } from '../../src/runs/soonest-first.ts';
import { createSort } from '../../src/sorting/sort.ts';

const anyAction = fc
  .record({ username: fc.stringMatching(/^[ab]$/), subject: fc.nat(500), deadline: fc.option(fc.nat(5)) })
  .map(
    ({ username, subject, deadline }): Action => ({
      user: { username, userStorageName: 'AD' },
      subject: String(subject),
      ...(deadline === null ? {} : { deadline }),
    }),
  );
/** No two actions are about the same device. */
const anyPlan = fc.array(
  fc.uniqueArray(anyAction, { selector: ({ user, subject }) => `${user.username} ${subject}` }),
);

test('canary and rest of a plan are the same batches every time, the soonest first, each action once', async () => {
  const sizes = fc.record({
    batchSize: fc.integer({ min: 1, max: 9 }),
    canary: fc.integer({ min: 0, max: 12 }),
    heldAtOnce: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(anyPlan, sizes, async (batches, { batchSize, canary, heldAtOnce }) => {
      const plan = batches.map((actions, batch) =>
        actions.map((action) => ({ ...action, subject: `${batch} ${action.subject}` })),
      );
      const whole = plan.flat().toSorted(compareActions);
      const planned = whole.length;
      const batchesOf = (phase: 'canary' | 'apply', source: typeof plan) =>
        Array.fromAsync(
          applyBatches(
            (async function* () {
              yield* source;
            })(),
            { phase, canary, planned, batchSize },
            createSort({ heldAtOnce }),
          ),
        );
      const first = await batchesOf('canary', plan);
      const rest = await batchesOf('apply', plan);
      expect(first.flat()).toEqual(whole.slice(0, canary));
      expect(rest.flat()).toEqual(whole.slice(canary));
      const [inCanary, inRest] = [Math.min(canary, planned), Math.max(0, planned - canary)];
      expect(first.map(({ length }) => length)).toEqual([...batchSizes(inCanary, batchSize)]);
      expect(rest.map(({ length }) => length)).toEqual([...batchSizes(inRest, batchSize)]);
      expect(await batchesOf('apply', plan.toReversed())).toEqual(rest);
    }),
    { numRuns: 50 },
  );
});

test('the canary is one action in a hundred, at least ten', () => {
  expect([0, 1000, 1001, 1_000_000].map(canarySize)).toEqual([10, 10, 11, 10_000]);
});

test('what has no deadline comes last, and what is due at the same moment is in the order of its users and devices', () => {
  const action = (username: string, subject: string, deadline?: number): Action => ({
    user: { username },
    subject,
    ...(deadline === undefined ? {} : { deadline }),
  });
  const sorted = [
    action('ola', 'phone', 1),
    action('kari', 'phone', 2),
    action('kari', 'tablet', 2),
    action('ola', 'phone', 2),
    action('kari', 'watch'),
  ];
  expect(sorted.toReversed().sort(compareActions)).toEqual(sorted);
  expect(compareActions(action('kari', 'watch'), action('kari', 'watch'))).toBe(0);
});

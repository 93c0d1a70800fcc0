import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../src/jobs/job.ts';
import { compareActions, soonestFirst } from '../../src/runs/soonest-first.ts';

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

test('a plan is read soonest first in parts of any size, each action once, and no more is held than twice a part', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.integer({ min: 1, max: 9 }), async (batches, most) => {
      const plan = batches.map((actions, batch) =>
        actions.map((action) => ({ ...action, subject: `${batch} ${action.subject}` })),
      );
      let readings = 0;
      const parts: (readonly Action[])[] = [];
      for await (const part of soonestFirst(async function* () {
        readings += 1;
        yield* plan;
      }, most)) {
        expect(part.length).toBeLessThanOrEqual(most);
        parts.push(part);
      }
      const whole = plan.flat();
      expect(parts.flat()).toEqual(whole.toSorted(compareActions));
      expect(readings).toBe(Math.floor(whole.length / most) + 1);
    }),
  );
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

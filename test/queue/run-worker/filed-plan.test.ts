import { expect, it } from 'vitest';
import { filedPlan } from '../../../src/queue/run-worker/filed-plan.ts';
import { makePlan } from '../../../src/runs/plan-file.ts';

const plan = makePlan({
  job: 'purge-windows',
  address: 'https://id.example/api/',
  plannedAt: '2026-11-22T02:15:00.000Z',
  policy: {},
  roster: { rows: 1, rejected: 0 },
  named: false,
  selected: 1,
  users: [{ username: 'kari' }],
});

it('a plan from a file is applied by the run that names it, and by no other in the same process', () => {
  const origin = (fingerprint?: string) => ({
    origin: { trigger: 'command' as const, ...(fingerprint ? { plan: fingerprint } : {}) },
  });
  expect(filedPlan({ plan }, origin(plan.fingerprint))).toBe(plan);
  // A command first finishes a run that was left behind, whose plan may be another or its own.
  expect(filedPlan({ plan }, origin('another'))).toBeUndefined();
  expect(filedPlan({ plan }, origin())).toBeUndefined();
  expect(filedPlan({ plan }, {})).toBeUndefined();
  expect(filedPlan({}, origin(plan.fingerprint))).toBeUndefined();
  expect(filedPlan({}, {})).toBeUndefined();
});

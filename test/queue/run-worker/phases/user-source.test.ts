import { expect, it } from 'vitest';
import { userSource } from '../../../../src/queue/run-worker/phases/user-source.ts';
import { makePlan } from '../../../../src/runs/plan-files/plan-file.ts';

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

async function openRoster(): Promise<never> {
  throw new Error('it is opened only when its users are read');
}

const origin = (fingerprint?: string) => ({
  trigger: 'command' as const,
  ...(fingerprint ? { plan: fingerprint } : {}),
});

it('a plan file is the source of the run that names it, and of no other in the same process', () => {
  const fromRoster = { kind: 'roster', openRoster };
  const withPlan = { plan, openRoster };
  expect(userSource(withPlan, { origin: origin(plan.fingerprint) })).toEqual({ kind: 'plan', plan });
  // A command first finishes a run that was left behind, whose plan may be another or its own.
  expect(userSource(withPlan, { origin: origin('another') })).toEqual(fromRoster);
  expect(userSource(withPlan, { origin: origin() })).toEqual(fromRoster);
  expect(userSource(withPlan, {})).toEqual(fromRoster);
  expect(userSource({ openRoster }, { origin: origin(plan.fingerprint) })).toEqual(fromRoster);
  expect(userSource({ openRoster }, {})).toEqual(fromRoster);
});

it('the users that a request names take the place of the roster, but not of a plan file', () => {
  const users = ['kari', { username: 'ola', userStorageName: 'AD' }];
  expect(userSource({ plan, openRoster }, { users })).toEqual({
    kind: 'named',
    users: [{ username: 'kari' }, { username: 'ola', userStorageName: 'AD' }],
  });
  expect(userSource({ plan, openRoster }, { users, origin: origin(plan.fingerprint) })).toEqual({
    kind: 'plan',
    plan,
  });
});

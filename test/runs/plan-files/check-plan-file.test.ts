import { Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import { type AnyJob, findJob } from '../../../src/jobs/index.ts';
import { checkPlan, type Present, policyInEffect } from '../../../src/runs/plan-files/check-plan-file.ts';
import { makePlan, PlanFileError } from '../../../src/runs/plan-files/plan-file.ts';
import { now } from '../fake-jobs.ts';

function jobNamed(name: string): AnyJob {
  const job = findJob(name);
  if (!job) throw new Error(`there is no job ${name}`);
  return job;
}
const refresh = jobNamed('refresh-timed-devices');
const purge = jobNamed('purge-windows');
const address = 'https://id.example/api/';
const kari = { username: 'kari' };
const ola = { username: 'ola' };

type Content = Parameters<typeof makePlan>[0];
const content: Content = {
  job: refresh.name,
  address,
  plannedAt: now.minus({ hours: 1 }).toUTC().toISO() ?? '',
  policy: policyInEffect(refresh.policy, { unit: 'days' }),
  roster: { rows: 2, rejected: 0 },
  named: false,
  selected: 2,
  actions: [{ user: kari, subject: 'phone' }],
};
const present: Present = {
  job: refresh,
  address,
  policyTexts: { unit: 'days' },
  now,
  maxAge: Duration.fromISO('PT24H'),
};

function check(changes: Partial<Content>, presentChanges: Partial<Present> = {}): () => void {
  return () => checkPlan(makePlan({ ...content, ...changes }), 'p', { ...present, ...presentChanges });
}
const at = (change: Duration) => ({ plannedAt: now.minus(change).toUTC().toISO() ?? '' });

describe('the policy in effect', () => {
  it('the policy in effect holds what is written, and the defaults of the rest', () => {
    expect(policyInEffect(purge.policy, {})).toEqual({ kinds: 'expired,waiting' });
    const written = { kinds: 'expired', quietHours: '22:00-05:00 UTC' };
    expect(policyInEffect(purge.policy, written)).toEqual(written);
    // JSON has no word for what is not set.
    expect(Object.keys(policyInEffect(purge.policy, {}))).toEqual(['kinds']);
  });
});

describe('a plan', () => {
  it.each<[string, Partial<Content>, Partial<Present>]>([
    ['as it was made', {}, {}],
    ['as old as it may be', at(Duration.fromISO('PT24H')), {}],
    ['of a clock that is a little ahead', at(Duration.fromISO('PT-4M')), {}],
    ['when a default is written out', {}, { policyTexts: { unit: 'days', margin: 'PT36H' } }],
    ['of a clock that is as far ahead as clocks may differ', at(Duration.fromISO('PT-5M')), {}],
    ['without an action', { actions: [] }, {}],
    ['that touches everybody who was selected', { actions: [kari, ola].map(touch) }, {}],
    ['of users named by hand', { named: true, users: [kari, ola] }, {}],
  ])('a plan file fits the present %s', (_name, changes, presentChanges) => {
    expect(check(changes, presentChanges)).not.toThrow();
  });

  it('a plan file of a job that plans from the roster fits with its users, and without them does not', () => {
    const { actions: _, ...rest } = content;
    const whole = {
      ...rest,
      job: purge.name,
      policy: policyInEffect(purge.policy, {}),
      users: [kari, ola],
    };
    const there = { ...present, job: purge, policyTexts: {} };
    expect(() => checkPlan(makePlan(whole), 'p', there)).not.toThrow();
    expect(() => checkPlan(makePlan({ ...whole, users: [kari] }), 'p', there)).toThrow(
      /is not a consistent plan/,
    );
    expect(() => checkPlan(makePlan({ ...whole, actions: [] }), 'p', there)).toThrow(
      /is not a consistent plan/,
    );
  });

  it.each<[string, Partial<Content>, Partial<Present>, RegExp]>([
    [
      'older than it may be',
      at(Duration.fromISO('PT24H0.001S')),
      {},
      /longer ago than PT24H \(CARETAKER_PLAN_MAX_AGE\)/,
    ],
    [
      'from the future',
      at(Duration.fromISO('PT-6M')),
      {},
      /in the future: the clock of one machine is wrong/,
    ],
    [
      'for another vendor',
      {},
      { address: 'https://test.example/api/' },
      /vendor at https:\/\/id\.example\/api\/, but https:\/\/test\.example\/api\/ is configured now/,
    ],
    [
      'of another policy, and every variable that differs is named',
      {},
      { policyTexts: { unit: 'hours', margin: 'P2D', states: '1' } },
      /REFRESH_TIMED_DEVICES_UNIT: days then, hours now; .*MARGIN: PT36H then, P2D now; .*STATES: not set then, 1 now/,
    ],
    [
      'with more users touched than selected',
      { selected: 1, actions: [kari, ola].map(touch) },
      {},
      /is not a consistent plan/,
    ],
    ['with users that nobody named', { users: [kari, ola] }, {}, /is not a consistent plan/],
    ['of named users without them', { named: true }, {}, /is not a consistent plan/],
  ])('a plan file is refused when it is %s', (_name, changes, presentChanges, message) => {
    expect(check(changes, presentChanges)).toThrow(PlanFileError);
    expect(check(changes, presentChanges)).toThrow(message);
    expect(check(changes, presentChanges)).toThrow(
      /^The plan p [^\n]*\. Make it again with caretaker plan\.$/,
    );
  });
});

function touch(user: typeof kari) {
  return { user, subject: 'phone' };
}

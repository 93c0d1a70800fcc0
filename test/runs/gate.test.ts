import fc from 'fast-check';
import { Duration } from 'luxon';
import { expect, test } from 'vitest';
import { checkLimits, type GateFacts, type GateLimits, gate } from '../../src/runs/gate.ts';

const loose: GateLimits = {
  maxActions: 1000,
  maxShare: 1,
  growthFactor: 3,
  shrinkFactor: 0.5,
  maxUnreadable: 0.1,
  holdOn: ['growth', 'shrink', 'unreadable'],
};
const job = 'refresh-timed-devices';
const hour = Duration.fromObject({ hours: 1 });
const plain: GateFacts = { selected: 10, failed: 0, touched: 5, planned: 5, named: false };
const baseline = { selected: 100, planned: 50 };

test.each<[title: string, facts: Partial<GateFacts>, limits: Partial<GateLimits>]>([
  ['nothing planned', { touched: 0, planned: 0 }, {}],
  ['exactly as many actions as allowed', { planned: 5 }, { maxActions: 5 }],
  ['exactly the share that is allowed', { planned: 9 }, { maxShare: 0.5 }],
  ['a share that is no round number', { selected: 100, touched: 7 }, { maxShare: 0.07 }],
  ['everybody, where everybody is allowed', { selected: 3, touched: 3, planned: 6 }, {}],
  ['nothing, where nothing is allowed', { touched: 0, planned: 0 }, { maxActions: 0, maxShare: 0 }],
  ['exactly so many times what is usual', { selected: 100, planned: 150, baseline }, {}],
  ['exactly the part of the usual roster that is allowed', { selected: 50, baseline }, {}],
  ['ten actions where none are usual', { planned: 10, baseline: { selected: 10, planned: 0 } }, {}],
  ['exactly the share of unreadable users that is allowed', { failed: 1 }, {}],
  ['exactly the part of a source that is allowed', { sources: [{ name: 'a', users: 5, before: 10 }] }, {}],
  ['a source that is new', { sources: [{ name: 'a', users: 1, before: undefined }] }, {}],
  ['exactly the age that is allowed', { age: { ageMs: 3_600_000, limit: hour } }, {}],
])('the gate lets a plan through with %s', (_title, facts, limits) => {
  expect(gate({ ...plain, ...facts }, { ...loose, ...limits }, job)).toEqual({ decision: 'pass' });
});

test.each<
  [title: string, decision: string, facts: Partial<GateFacts>, limits: Partial<GateLimits>, says: string[]]
>([
  [
    'a source that shrank by more than half, in a roster that did not',
    'hold',
    {
      selected: 1000,
      sources: [
        { name: 'ldaps://a', users: 996, before: 10 },
        { name: 'ldaps://b', users: 4, before: 10 },
      ],
    },
    {},
    ['ldaps://b gives 4 users, fewer than REFRESH_TIMED_DEVICES_SHRINK_FACTOR=0.5 times the 10 of last time'],
  ],
  [
    'a source that shrank where that is to stop it',
    'stop',
    { sources: [{ name: 'a', users: 4, before: 10 }] },
    { holdOn: ['growth'] },
    ['a gives 4 users'],
  ],
  [
    'a roster that is too old, whatever is to hold it',
    'hold',
    { age: { ageMs: 3_600_001 * 5, limit: hour } },
    { holdOn: ['growth'] },
    ['written 5 hours ago, longer than CARETAKER_ROSTER_MAX_AGE=PT1H'],
  ],
  [
    'a roster that is too old and a limit that stops',
    'stop',
    { planned: 6, age: { ageMs: 7_200_000, limit: hour } },
    { maxActions: 5 },
    ['6 actions', 'CARETAKER_ROSTER_MAX_AGE'],
  ],
  [
    'groups that nobody is in, whatever is to hold it',
    'hold',
    { missingGroups: ['Vikarer', 'Styret'] },
    { holdOn: ['growth'] },
    [
      'no user of the roster is in Vikarer, Styret, which REFRESH_TIMED_DEVICES_EXCLUDE_GROUPS or REFRESH_TIMED_DEVICES_ONLY_GROUPS names',
    ],
  ],
  ['an empty roster', 'stop', { selected: 0, touched: 0, planned: 0 }, {}, ['CARETAKER_ROSTER']],
  [
    'one action too many',
    'stop',
    { planned: 6 },
    { maxActions: 5 },
    ['6 actions', 'REFRESH_TIMED_DEVICES_MAX_ACTIONS=5'],
  ],
  [
    'one user too many',
    'stop',
    { selected: 1000, touched: 501 },
    { maxShare: 0.5 },
    ['501 of 1000', 'REFRESH_TIMED_DEVICES_MAX_SHARE=0.5'],
  ],
  ['both limits', 'stop', { planned: 9 }, { maxActions: 3, maxShare: 0.1 }, ['MAX_ACTIONS', 'MAX_SHARE']],
  ['an action where none is allowed', 'stop', { planned: 1 }, { maxActions: 0 }, ['MAX_ACTIONS']],
  [
    'ten times the usual actions',
    'hold',
    { selected: 100, planned: 500, baseline },
    {},
    ['usual 50', 'REFRESH_TIMED_DEVICES_GROWTH_FACTOR=3'],
  ],
  [
    'a roster that shrank by more than half',
    'hold',
    { selected: 49, baseline },
    {},
    ['usual 100', 'REFRESH_TIMED_DEVICES_SHRINK_FACTOR=0.5'],
  ],
  ['too many unreadable users', 'hold', { failed: 2 }, {}, ['2 of 10', '_MAX_UNREADABLE=0.1']],
  [
    'a limit at which a person is to be asked',
    'hold',
    { planned: 6 },
    { maxActions: 5, holdOn: ['max-actions'] },
    ['6'],
  ],
  [
    'a growth that is to stop',
    'stop',
    { selected: 100, planned: 500, baseline },
    { holdOn: [] },
    ['GROWTH_FACTOR'],
  ],
  [
    'a hold and a stop together',
    'stop',
    { failed: 5, planned: 6 },
    { maxActions: 5 },
    ['MAX_ACTIONS', 'MAX_UNREADABLE'],
  ],
])('the gate decides at %s to %s, and says why', (_title, decision, facts, limits, says) => {
  const verdict = gate({ ...plain, ...facts }, { ...loose, ...limits }, job);
  expect(verdict.decision).toBe(decision);
  for (const words of says) expect(verdict).toMatchObject({ reason: expect.stringContaining(words) });
});

test('the gate lets through exactly what is within every limit', () => {
  const facts = fc.integer({ min: 1, max: 500 }).chain((selected) =>
    fc.record({
      selected: fc.constant(selected),
      touched: fc.nat(selected),
      failed: fc.nat(selected),
      planned: fc.nat(999),
      baseline: fc.record({ selected: fc.nat(999), planned: fc.nat(999) }),
      named: fc.boolean(),
    }),
  );
  const limits = fc.record({
    maxActions: fc.nat(999),
    percent: fc.nat(100),
    growthFactor: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(facts, limits, (facts, { maxActions, percent, growthFactor }) => {
      const { selected, touched, failed, planned, baseline, named } = facts;
      const within =
        planned <= maxActions &&
        (named || touched * 100 <= percent * selected) &&
        (planned <= 10 || planned <= baseline.planned * growthFactor) &&
        selected * 2 >= baseline.selected &&
        (named || failed * 10 <= selected);
      const verdict = gate(facts, { ...loose, maxActions, maxShare: percent / 100, growthFactor }, job);
      expect(verdict.decision === 'pass').toBe(within);
    }),
    { numRuns: 2000 },
  );
});

test('the gate names every limit that is passed by its whole variable, one after the other, with what to do', () => {
  expect(gate({ ...plain, failed: 5, planned: 6 }, { ...loose, maxActions: 5 }, job)).toEqual({
    decision: 'stop',
    reason:
      '6 actions are planned, more than REFRESH_TIMED_DEVICES_MAX_ACTIONS=5 allows (raise it if all of them are wanted); ' +
      '5 of 10 users could not be read, more than the share that REFRESH_TIMED_DEVICES_MAX_UNREADABLE=0.1 allows ' +
      '(the report names the first of them, and why)',
  });
});

const named = { ...plain, selected: 1, touched: 1, planned: 1, named: true };

test('the gate does not measure users named by hand by a share of themselves, but by the number of actions', () => {
  const tight = { ...loose, maxShare: 0.2, maxActions: 1 };
  expect(gate(named, tight, job)).toEqual({ decision: 'pass' });
  expect(gate({ ...named, touched: 0, planned: 0, failed: 1 }, tight, job)).toEqual({ decision: 'pass' });
  expect(gate({ ...named, planned: 2 }, tight, job)).toMatchObject({ decision: 'stop' });
  expect(gate({ ...named, named: false }, tight, job)).toMatchObject({
    decision: 'stop',
    reason: expect.stringContaining('REFRESH_TIMED_DEVICES_MAX_SHARE=0.2'),
  });
});

test('every limit is told with what a run comes to, and exactly those that the gate names are exceeded', () => {
  const facts = { ...plain, selected: 40, touched: 10, planned: 200, failed: 3, baseline };
  const checks = checkLimits(facts, { ...loose, maxActions: 199, maxShare: 0.25 }, job);
  expect(checks.map(({ limit, own, allowed, isPassed }) => [limit, own, allowed, isPassed])).toEqual([
    ['max-actions', 200, 199, true],
    ['max-share', 0.25, 0.25, false],
    ['growth', 200, 150, true],
    ['shrink', 40, 50, true],
    ['unreadable', 0.075, 0.1, false],
  ]);
  expect(checks[0]?.variable).toBe('REFRESH_TIMED_DEVICES_MAX_ACTIONS');
});

test('a limit that a run is not compared with allows nothing in particular', () => {
  const allowed = (facts: GateFacts) => checkLimits(facts, loose, job).map((one) => one.allowed);
  expect(allowed(plain)).toEqual([1000, 1, undefined, undefined, 0.1]);
  expect(allowed({ ...plain, named: true })).toEqual([1000, undefined, undefined, undefined, undefined]);
});

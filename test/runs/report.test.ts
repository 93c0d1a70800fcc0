import { expect, test } from 'vitest';
import { hasFailures, imbalances, makeReport, outcomeOf } from '../../src/runs/report.ts';
import { emptyTally } from '../../src/runs/tally.ts';

const run = {
  id: 'purge-windows-20261122T021500Z-abcdef',
  job: 'purge-windows',
  mode: 'enforce',
  trigger: 'queue',
  requestedBy: null,
  startedAt: null,
  finishedAt: null,
  status: 'completed',
  reason: null,
} as const;

function report(selected: number, change: (tally: ReturnType<typeof emptyTally>) => void = () => {}) {
  const tally = emptyTally();
  change(tally);
  return makeReport({ run, vendor: 'pointsharp', selected, tally, roster: { rows: selected, rejected: 0 } });
}

test('a report has the shape that is published, and no number of ours beside', () => {
  const made = report(3, (tally) => {
    tally.users.inspected = 3;
    tally.requests = 7;
    tally.touched = 2;
    tally.late = 1;
  });
  expect(made).toEqual({
    run,
    reason: null,
    hold: null,
    users: { selected: 3, inspected: 3, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 0, applied: 0, skipped: 0, failed: 0, notReached: 0 },
    unreadable: 0,
    kept: {},
    findings: {},
    requests: { pointsharp: 7 },
    late: 1,
    atRisk: 0,
    ineffective: 0,
    attempts: 0,
    repeated: 0,
    failures: [],
    roster: { rows: 3, rejected: 0 },
    join: null,
    unit: null,
  });
});

test('a sound report has no imbalance', () => {
  const sound = report(6, ({ users, actions }) => {
    Object.assign(users, { inspected: 3, failed: 2, notReached: 1 });
    Object.assign(actions, { planned: 10, applied: 1, skipped: 2, failed: 3, notReached: 4 });
  });
  expect(imbalances(sound)).toEqual([]);
});

test('the sums of a report that do not hold are told, each with its numbers', () => {
  const unsound = report(6, ({ users, actions }) => {
    users.inspected = 5;
    actions.planned = 1;
  });
  expect(imbalances(unsound)).toEqual([
    '6 users were selected, 5 are accounted for',
    '1 actions were planned, 0 are accounted for',
  ]);
});

test.each([
  ['a user failed', { users: { inspected: 0, failed: 1, notReached: 0, notAsked: 0 } }, true],
  ['a user was not reached', { users: { inspected: 0, failed: 0, notReached: 1, notAsked: 0 } }, true],
  ['a user is unreadable in part', { unreadable: 1 }, true],
  ['an action failed', { actions: { planned: 1, applied: 0, skipped: 0, failed: 1, notReached: 0 } }, true],
  [
    'actions were only planned',
    { actions: { planned: 1, applied: 0, skipped: 0, failed: 0, notReached: 1 } },
    false,
  ],
  ['all went well', {}, false],
])('a report says whether something went wrong when %s', (_, numbers, wrong) => {
  const made = report(1, (tally) => {
    if ('users' in numbers) Object.assign(tally.users, numbers.users);
    if ('unreadable' in numbers) tally.unreadable = numbers.unreadable;
    if ('actions' in numbers) Object.assign(tally.actions, numbers.actions);
  });
  expect(hasFailures(made)).toBe(wrong);
});

test('a row of the roster that was turned down is something that went wrong', () => {
  expect(hasFailures({ ...report(1), roster: { rows: 2, rejected: 1 } })).toBe(true);
});

test.each(['failed', 'notReached'] as const)(
  'a completed run with users %s has failures, whatever else went well',
  (what) => {
    const sound = report(2, ({ users }) => Object.assign(users, { inspected: 1, [what]: 1 }));
    expect(hasFailures(sound)).toBe(true);
  },
);

test('a report tells what was expected to come too late and what changed nothing', () => {
  const foreseen = { atRisk: 2, ineffective: 3 };
  const roster = { rows: 0, rejected: 0 };
  expect(
    makeReport({ run, vendor: 'pointsharp', selected: 0, tally: emptyTally(), roster, forecast: foreseen }),
  ).toMatchObject(foreseen);
});

test('a run that completed with failures is not told as a success, and one that waits for a worker not as running', () => {
  const sound = report(1, ({ users }) => {
    users.inspected = 1;
  });
  const broken = report(1, ({ users }) => {
    users.failed = 1;
  });
  expect([outcomeOf(sound), outcomeOf(broken)]).toEqual(['completed', 'completed with failures']);
  const waiting = { ...sound, run: { ...run, status: 'running' as const } };
  expect(outcomeOf(waiting)).toBe('queued');
  expect(outcomeOf({ ...waiting, run: { ...waiting.run, startedAt: '2026-11-22T02:15:00Z' } })).toBe(
    'running',
  );
});

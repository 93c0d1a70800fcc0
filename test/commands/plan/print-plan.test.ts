import { DateTime, Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { CheckedDraft } from '../../../src/commands/plan/check-draft.ts';
import type { Draft } from '../../../src/commands/plan/draft-plan.ts';
import { printPlan } from '../../../src/commands/plan/print-plan.ts';
import { makePlan } from '../../../src/runs/plan-files/plan-file.ts';
import { emptyTally } from '../../../src/runs/tally.ts';
import { openStreams } from '../streams.ts';

const draft: Draft = {
  job: 'refresh-timed-devices',
  plannedAt: DateTime.fromISO('2026-11-22T02:15:00.000Z', { zone: 'utc' }),
  count: {
    rows: 5,
    rejected: 1,
    selected: 4,
    fingerprint: '',
    rejections: [{ user: 'roster line 3', reason: 'no user name' }],
  },
  tally: {
    ...emptyTally(),
    users: { inspected: 3, failed: 1, notReached: 0, notAsked: 0 },
    actions: { planned: 3, applied: 0, skipped: 0, failed: 0, notReached: 0 },
    touched: 2,
    late: 1,
    kept: { inactive: 2, 'not-due': 7 },
    failures: [{ user: 'ola', reason: 'the server refused the request' }],
  },
  users: [],
  actions: [],
};
const plan = makePlan({
  job: draft.job,
  address: 'https://id.example/api/',
  plannedAt: '2026-11-22T02:15:00.000Z',
  policy: {},
  roster: { rows: 5, rejected: 1 },
  named: false,
  selected: 3,
  actions: [],
});
const numbers = `refresh-timed-devices  planned at 2026-11-22 03:15 Europe/Oslo
actions: 3 on 2 of 4 users, 1 of them late
users: 3 inspected, 1 failed
kept: not-due 7, inactive 2
roster: 5 rows, 1 rejected
  failed: roster line 3: no user name
  failed: ola: the server refused the request
`;

function print(checked: CheckedDraft, path = 'plan.json') {
  const { context, output, errors } = openStreams(false);
  const printing = {
    path,
    isWritten: true,
    json: false,
    maxAge: Duration.fromISO('PT24H'),
    timeZone: 'Europe/Oslo',
  };
  const code = printPlan(context, draft, checked, printing);
  return { code, output: output(), errors: errors() };
}

describe('what the command plan prints', () => {
  it.each([
    ['plans/2026-11-22.json', 'plans/2026-11-22.json'],
    ['-', '-'],
    ['-x.json', './-x.json'],
    ['my plan.json', "'my plan.json'"],
    ['=plan.json', "'=plan.json'"],
    ["kari's $(plan).json", "'kari'\\''s $(plan).json'"],
  ])('caretaker plan names the file %s so that a shell takes it for one word', (path, word) => {
    const { output, errors } = print({ plan, verdict: { decision: 'pass' } }, path);
    expect(`${output}${errors}`).toContain(`: caretaker apply ${word}\n`);
  });

  it('caretaker plan says what is planned, what was left out, and how to apply it in time', () => {
    expect(print({ plan, verdict: { decision: 'pass' } })).toEqual({
      code: 1,
      output: `${numbers}written to plan.json. Apply it before 2026-11-23 03:15 Europe/Oslo with: caretaker apply plan.json\nwhom it concerns, and why: caretaker plan show plan.json\n`,
      errors: '',
    });
  });

  it.each([
    ['hold', 'held', 3],
    ['stop', 'stopped', 4],
  ] as const)('caretaker plan says beforehand when the gate would %s it', (decision, told, exitCode) => {
    const { code, output } = print({ plan, verdict: { decision, reason: 'too much' } });
    expect(code).toBe(exitCode);
    expect(output).toContain(`\napplied now, it would be ${told}: too much\nwritten to plan.json`);
  });

  it('caretaker plan says why no plan was written', () => {
    expect(print({ verdict: { decision: 'hold', reason: 'too much' } })).toEqual({
      code: 4,
      output: `${numbers}no plan was written: too much\n`,
      errors: '',
    });
  });

  it('caretaker plan leaves standard output to a plan that goes there', () => {
    const { output, errors } = print({ plan, verdict: { decision: 'pass' } }, '-');
    expect(output).toBe('');
    expect(errors).toContain(`${numbers}written to standard output.`);
  });
});

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { needsPerson } from '../../../../src/queue/views/attention/needs-person.ts';
import { judge } from '../../../../src/queue/views/attention/verdict.ts';
import type { JobState } from '../../../../src/queue/views/job-states.ts';
import type { Overview } from '../../../../src/queue/views/overview.ts';
import type { VendorState } from '../../../../src/queue/views/vendor-states.ts';
import { makeReport, type Report, type RunFacts } from '../../../../src/runs/report.ts';
import { emptyTally } from '../../../../src/runs/tally.ts';

const now = DateTime.fromISO('2026-11-30T06:55:00Z');
const facts: RunFacts = {
  id: 'refresh-timed-devices-20261130T034500Z-abc123',
  job: 'refresh-timed-devices',
  mode: 'enforce',
  trigger: 'schedule',
  requestedBy: null,
  startedAt: '2026-11-30T03:45:00.000Z',
  finishedAt: '2026-11-30T03:46:00.000Z',
  status: 'completed',
  reason: null,
};

function report(run: Partial<RunFacts> = {}, numbers: Partial<Report> = {}): Report {
  const parts = { run: { ...facts, ...run }, vendor: 'pointsharp', selected: 10, tally: emptyTally() };
  const users = { selected: 10, inspected: 10, failed: 0, notReached: 0, notAsked: 0 };
  return { ...makeReport({ ...parts, roster: { rows: 10, rejected: 0 } }), users, ...numbers };
}

const refresh: JobState = {
  job: 'refresh-timed-devices',
  enabled: true,
  schedule: '45 3 * * *',
  timeZone: 'Europe/Oslo',
  next: now.plus({ hours: 20 }).toMillis(),
  lagMs: 0,
  open: undefined,
  last: report(),
  skipped: undefined,
  lastSuccess: report(),
  pause: undefined,
};
const pointsharp: VendorState = {
  vendor: 'pointsharp',
  requestsPerSecond: 20,
  requestsInFlight: 2,
  active: 0,
  waiting: 0,
  heldForMs: 0,
  troubleSince: undefined,
  pause: undefined,
  lastAsked: undefined,
};
const lastRead = { run: facts.id, job: facts.job, users: 100, before: 100 };
const fine: Overview = {
  jobs: [refresh],
  vendors: [pointsharp],
  roster: { source: 'roster.csv', lastRead, ageMs: 1000, mostAgeMs: 2000 },
  workers: [{ name: 'one', format: '1', mode: 'enforce', version: '1.0.0' }],
  lastDay: [report()],
  newFindings: { high: 0, low: 7 },
};
const pause = { what: 'purge-windows', note: 'the server moves', since: now.toISO() ?? '', by: 'ola' };
const held = { reason: 'too many', until: '2026-12-01T03:45:00.000Z', decision: null };

function needs(changes: Partial<Overview>): string[] {
  const found = needsPerson(
    { ...fine, ...changes },
    { jobs: { 'refresh-timed-devices': { shrinkFactor: 0.5 } }, timeZone: 'Europe/Oslo' },
  );
  return found.map(({ urgency, title, text }) => `${urgency} ${title}: ${text}`);
}

const job = (changes: Partial<JobState>) => ({ jobs: [{ ...refresh, ...changes }] });
const failed = { users: { selected: 10, inspected: 7, failed: 3, notReached: 0, notAsked: 0 } };

describe('what needs a person', () => {
  it('nothing needs a person while everything is fine', () => {
    expect(needs({})).toEqual([]);
    expect(needs({ workers: undefined })).toEqual([]);
    // The same numbers on the side where they are allowed.
    expect(needs({ roster: { ...fine.roster, ageMs: 2000, lastRead: { ...lastRead, users: 50 } } })).toEqual(
      [],
    );
    expect(needs(job({ lagMs: 60_000 }))).toEqual([]);
  });

  it.each<[string, Partial<Overview>, RegExp]>([
    ['that no worker is there', { workers: [] }, /^now no worker: .*caretaker worker/],
    [
      'that only a command is there',
      { workers: [{ name: 'one', format: '1', mode: 'enforce', command: 'audit-pocket' }] },
      /^now no worker/,
    ],
    [
      'a held run',
      job({ open: report({ status: 'held', finishedAt: null }, { hold: held }) }),
      /^now held run: .*too many/,
    ],
    [
      'a failed run',
      job({ last: report({ status: 'failed', reason: 'no memory' }) }),
      /^now failed run: .*no memory/,
    ],
    ['a stopped run', job({ last: report({ status: 'stopped', reason: 'limits' }) }), /was stopped: limits/],
    [
      'failures of a completed run',
      job({ last: report({}, failed) }),
      /^look failures: .*: 3 users failed\.$/,
    ],
    ['a late tick', job({ lagMs: 60_001 }), /^now late: .* 1 min late/],
    [
      'a missed run',
      job({
        skipped: report({
          status: 'skipped',
          reason: 'missed: no worker.',
          finishedAt: '2026-12-31T00:00:00.000Z',
        }),
      }),
      /^look skipped run: .*missed: no worker\.$/,
    ],
    ['late people', job({ last: report({}, { late: 3 }) }), /^look late people: .* 3 devices/],
    ['what is at risk', job({ last: report({}, { atRisk: 1 }) }), /^look at risk: 1 device /],
    [
      'writes without effect',
      job({ last: report({}, { ineffective: 2 }) }),
      /^look without effect: 2 actions/,
    ],
    [
      'an old roster',
      { roster: { ...fine.roster, ageMs: 2001 } },
      /^now old roster: .*CARETAKER_ROSTER_MAX_AGE/,
    ],
    [
      'a roster that shrank',
      { roster: { ...fine.roster, lastRead: { ...lastRead, users: 49 } } },
      /^now shrunk roster: .*from 100 to 49 users/,
    ],
    [
      'new findings of high severity',
      { newFindings: { high: 1 } },
      /^look new findings: .*1 new finding of high/,
    ],
    ['a paused job', job({ pause }), /^look paused: .*07:55 Europe\/Oslo by ola \(the server moves\)/],
    [
      'a paused vendor',
      { vendors: [{ ...pointsharp, pause: { ...pause, what: 'pointsharp' } }] },
      /^look paused: pointsharp /,
    ],
    [
      'a vendor in trouble',
      { vendors: [{ ...pointsharp, heldForMs: 1 }] },
      /^now vendor in trouble: .*pointsharp/,
    ],
  ])('%s needs a person', (_what, changes, told) => {
    expect(needs(changes)).toEqual([expect.stringMatching(told)]);
  });

  it('what was decided, and what was skipped for a run under way or by a pause, needs nobody', () => {
    const decision = { what: 'approve', by: 'kari', at: '', note: null } as const;
    const decided = report({ status: 'held', finishedAt: null }, { hold: { ...held, decision } });
    expect(needs(job({ open: decided }))).toEqual([]);
    const skipped = report({ status: 'skipped', finishedAt: '2026-11-23T02:30:00.000Z' });
    const at = { startedAt: '2026-11-23T02:15:00.000Z' };
    const open = report({ status: 'running', ...at, finishedAt: null });
    expect(needs(job({ skipped, open }))).toEqual([]);
    const last = report({ ...at, finishedAt: '2026-11-23T02:31:00.000Z' });
    expect(needs(job({ skipped, last }))).toEqual([]);
    const before = report({ ...at, finishedAt: '2026-11-23T02:16:00.000Z' });
    expect(needs(job({ skipped, last: before }))).toEqual([expect.stringMatching(/^look skipped run/)]);
    const paused = report({ status: 'skipped', reason: 'purge-windows has been paused.' });
    expect(needs(job({ pause, skipped: paused }))).toEqual([expect.stringMatching(/^look paused/)]);
  });

  it('what is urgent comes first', () => {
    const seen = { ...job({ last: report({}, { late: 1 }) }), workers: [] };
    expect(needs(seen).map((line) => line.split(' ', 1)[0])).toEqual(['now', 'look']);
  });
});

describe('the verdict on the last 24 hours', () => {
  const look = { urgency: 'look', title: '', text: '' } as const;
  const observed = report(
    { mode: 'observe' },
    { actions: { planned: 5, applied: 0, skipped: 0, failed: 0, notReached: 5 } },
  );

  it.each([
    [[], [], 'good', 'All is well: in the last 24 hours no run ended, and nothing needs a person.'],
    [
      [report(), report()],
      [],
      'good',
      'All is well: in the last 24 hours 2 runs completed, and nothing needs a person.',
    ],
    [
      [report({}, failed), report({ status: 'stopped' }), report({ status: 'skipped' })],
      [look],
      'warn',
      'Have a look: in the last 24 hours 1 run completed with failures, 1 was stopped, 1 was skipped, and 1 thing needs a person.',
    ],
    [
      [observed],
      [look, { ...look, urgency: 'now' as const }],
      'bad',
      'Act now: in the last 24 hours 1 run completed (5 actions only observed), and 2 things need a person.',
    ],
  ])('the verdict counts runs and what needs a person (%#)', (lastDay, attention, tone, text) => {
    expect(judge(lastDay, attention)).toEqual({ tone, text });
  });
});

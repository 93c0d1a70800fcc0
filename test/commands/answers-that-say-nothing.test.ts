import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { documentedFormats, type Formats } from '../../simulators/http/formats.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 120;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  const { pointsharp, superoffice } = endToEnd.simulators;
  for (const { formats, traffic } of [pointsharp, superoffice]) {
    Object.assign(formats, documentedFormats());
    traffic.reset();
  }
  endToEnd.simulators.reset();
});

/** What a run of these formats came to, with its log. */
async function run(job: string, extra: Readonly<Record<string, string>> = {}) {
  const result = await endToEnd.run(['run', job, '--json', '--mode', 'enforce'], extra);
  return { code: result.code, log: result.errors, report: result.json<Report>() };
}

const oddDates: readonly Formats['dates'][] = ['dotnet-json', 'bare', 'epoch'];

it.each(oddDates)(
  'a refresh stops before the first write when all dates are written as %s',
  async (dates) => {
    const { formats, traffic } = endToEnd.simulators.pointsharp;
    formats.dates = dates;
    const { code, report } = await run('refresh-timed-devices', { REFRESH_TIMED_DEVICES_HOLD_ON: 'growth' });
    expect(code).toBe(4);
    expect(report.run.reason).toMatch(/ of 120 users could not be read, .*MAX_UNREADABLE=0\.1/);
    expect(report.unreadable).toBeGreaterThan(users / 2);
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(report.kept['unreadable-date']).toBeGreaterThanOrEqual(report.unreadable);
    expect(report.failures[0]?.reason).toMatch(
      /^Dates of timed devices cannot be read: .* \(.*Timeout\).*compare the dates that GET Device gives/,
    );
    expect(traffic.facts().byOperation).toEqual({ 'GET Device': users });
  },
);

it('a refresh is held for a person when all dates are unreadable, and prints how many users that are', async () => {
  endToEnd.simulators.pointsharp.formats.dates = 'bare';
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--mode', 'enforce']);
  expect(result.code).toBe(3);
  expect(result.output).toMatch(/^unreadable: a part of \d+ users$/m);
  const [, id = ''] = /(refresh-timed-devices-\S+)/.exec(result.output) ?? [];
  expect((await endToEnd.run(['reject', id])).code).toBe(0);
  endToEnd.simulators.pointsharp.formats.dates = 'iso';
  const next = await run('refresh-timed-devices');
  expect(next.report).toMatchObject({ run: { status: 'completed' }, unreadable: 0 });
  expect(next.code).toBe(0);
});

it('a run that MAX_UNREADABLE lets pass tells of users who are unreadable in part by its exit code', async () => {
  endToEnd.simulators.pointsharp.formats.dates = 'epoch';
  const { code, report } = await run('refresh-timed-devices', { REFRESH_TIMED_DEVICES_MAX_UNREADABLE: '1' });
  expect(report.run.status).toBe('completed');
  expect(code).toBe(1);
});

it.each([
  ['iso', 'ok', /can be read$/],
  ['dotnet-json', 'fail', /cannot be read \(.*Timeout/],
] as const)('the doctor says of dates written as %s: %s', async (dates, health, found) => {
  endToEnd.simulators.pointsharp.formats.dates = dates;
  const result = await endToEnd.run(['doctor', '--json']);
  const { checks } = result.json<{ checks: { check: string; health: string; found: string }[] }>();
  expect(checks.find(({ check }) => check === 'dates')).toMatchObject({
    health,
    found: expect.stringMatching(found),
  });
});

const emptyLists: readonly Formats['emptyList'][] = ['null', 'no-body', 'no-content'];
const empties = emptyLists.flatMap((emptyList) =>
  (['refresh-timed-devices', 'audit-pocket'] as const).map((job) => [emptyList, job] as const),
);

it.each(empties)('users without devices who are answered %s keep %s from nothing', async (emptyList, job) => {
  const { pointsharp, superoffice } = endToEnd.simulators;
  const vendor = job === 'audit-pocket' ? superoffice : pointsharp;
  const before = (await run(job)).report;
  endToEnd.simulators.reset();
  vendor.traffic.reset();
  vendor.formats.emptyList = emptyList;
  const { code, log, report } = await run(job);
  expect(report.run).toMatchObject({ status: 'completed', reason: null });
  expect(code).toBe(0);
  expect({ kept: report.kept, findings: report.findings, requests: report.requests }).toEqual({
    kept: before.kept,
    findings: before.findings,
    requests: before.requests,
  });
  expect(vendor.traffic.facts().byStatus[emptyList === 'no-content' ? '204' : '200']).toBeGreaterThan(5);
  expect(log).not.toContain('batch interrupted');
});

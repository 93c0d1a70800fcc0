import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { opsAnywhere, opsOf, sum } from '../support/ops.ts';

const users = 400;
/** A busy machine takes its time; the time-out of the test is the limit. */
const patience = { interval: 30, timeout: 50_000 };
const consoleSecret = 'KanariOfTheConsole';
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd?.close());

const settings = {
  ...opsAnywhere,
  OPS_CONSOLE_SECRET: consoleSecret,
  CARETAKER_MODE: 'enforce',
  REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
  REFRESH_TIMED_DEVICES_BATCH_SIZE: '40',
};

/** The counters of a page, by their whole line but the value. */
function counters(page: string): Map<string, number> {
  const names = [...page.matchAll(/^# TYPE (caretaker_\w+) counter$/gm)].map(([, name = '']) => name);
  const lines = page.split('\n').filter((line) => names.some((name) => line.startsWith(`${name}{`)));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at))];
    }),
  );
}

test('two workers scraped under load count a run once, as its report and the vendor count it, and name nobody', async () => {
  const { pointsharp, people } = endToEnd.simulators;
  pointsharp.traffic.reset();
  pointsharp.faults.latencyMs = 5;
  // One user is refused, one batch meets a vendor that is busy.
  pointsharp.faults.add({ kind: 'status', status: 400, count: 1 });
  pointsharp.faults.add({ kind: 'status', status: 503, headers: { 'Retry-After': '1' }, count: 1 });
  const workers = [endToEnd.start(['worker'], settings), endToEnd.start(['worker'], settings)];
  const askers = await Promise.all(workers.map(opsOf));
  await Promise.all(workers.map((worker) => worker.says('worker ready')));
  const { id } = (await endToEnd.run(['trigger', 'refresh-timed-devices', '--json'], settings)).json<{
    id: string;
  }>();

  const pages: string[][] = workers.map(() => []);
  let finished = false;
  const end = Promise.race(workers.map((worker) => worker.says('run finished'))).then(() => {
    finished = true;
  });
  while (!finished) {
    const answers = await Promise.all(askers.map((ask) => ask('/metrics')));
    for (const [index, { status, text }] of answers.entries()) {
      expect(status).toBe(200);
      pages[index]?.push(text);
    }
  }
  await end;
  const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
  expect(report.run.status).toBe('completed');
  expect(report.actions.applied).toBeGreaterThan(0);
  expect(report.users.failed).toBe(1);

  const job = 'refresh-timed-devices';
  /** What both count together. */
  async function total(name: string, labels: Record<string, string> = {}): Promise<number> {
    const found = await Promise.all(
      askers.map(async (ask) => sum((await ask('/metrics')).text, name, labels)),
    );
    return found.reduce<number>((all, one) => all + (one ?? 0), 0);
  }
  // The report is in the log just before the run ends in Redis, which is when it is counted.
  await expect.poll(() => total('caretaker_runs_total'), patience).toBe(1);
  const labels = { job, status: 'completed', trigger: 'command', mode: 'enforce' };
  expect(await total('caretaker_runs_total', labels)).toBe(1);
  for (const [result, count] of [
    ['inspected', report.users.inspected],
    ['failed', report.users.failed],
    ['not-reached', report.users.notReached],
  ] as const)
    expect(await total('caretaker_users_total', { job, result })).toBe(count);
  for (const [outcome, count] of [
    ['applied', report.actions.applied],
    ['skipped', report.actions.skipped],
    ['failed', report.actions.failed],
    ['not-reached', report.actions.notReached],
  ] as const)
    expect(await total('caretaker_actions_total', { job, outcome })).toBe(count);
  expect(await total('caretaker_planned_actions_total', { job })).toBe(report.actions.planned);
  for (const [reason, count] of Object.entries(report.kept))
    expect(await total('caretaker_kept_total', { job, reason })).toBe(count);
  expect(Object.values(report.kept).length).toBeGreaterThan(0);
  expect(await total('caretaker_late_total', { job })).toBe(report.late);

  const { byOperation, byStatus } = pointsharp.traffic.facts();
  expect(Object.keys(byOperation).sort()).toEqual(['GET Device', 'PUT Device/UpdateTime']);
  for (const [operation, count] of Object.entries(byOperation)) {
    expect(await total('caretaker_vendor_requests_total', { operation })).toBe(count);
    expect(await total('caretaker_vendor_request_duration_seconds_count', { operation })).toBe(count);
  }
  expect(await total('caretaker_vendor_requests_total')).toBe(report.requests.pointsharp);
  const result = (name: string) => total('caretaker_vendor_requests_total', { result: name });
  expect(await result('5xx')).toBe(byStatus['503']);
  expect(await result('4xx')).toBe(byStatus['400']);
  expect(await total('caretaker_batch_attempts_total')).toBe(report.attempts);
  expect(await total('caretaker_batch_attempts_total', { result: 'vendor-held' })).toBeGreaterThan(0);

  // Every process shows the same of what stands in Redis.
  const finishedAt = Date.parse(report.run.finishedAt ?? '') / 1000;
  for (const ask of askers) {
    const shown = async () =>
      sum((await ask('/metrics')).text, 'caretaker_run_last_success_timestamp_seconds', {
        job,
        mode: 'enforce',
      });
    await expect.poll(shown, patience).toBeCloseTo(finishedAt, 2);
    const page = (await ask('/metrics')).text;
    expect(sum(page, 'caretaker_run_last_status', { job, status: 'completed' })).toBe(1);
    expect(sum(page, 'caretaker_queue_jobs', { queue: 'caretaker-runs', state: 'completed' })).toBe(1);
    expect(sum(page, 'caretaker_schedule_interval_seconds', { job })).toBe(86_400);
    expect(sum(page, 'caretaker_redis_memory_bytes')).toBeGreaterThan(0);
    pages.push([page]);
  }

  for (const series of pages) {
    let before = new Map<string, number>();
    for (const page of series) {
      const now = counters(page);
      for (const [line, value] of before) expect(now.get(line), line).toBeGreaterThanOrEqual(value);
      before = now;
    }
  }
  const everything = pages.flat().join('\n');
  expect(everything).toContain('GET Device');
  const words = new Set(everything.split(/[^\p{L}\p{N}._@-]+/u));
  for (let person = 0; person < users; person += 1)
    expect(words.has(people.username(person)), people.username(person)).toBe(false);
  for (const secret of [consoleSecret, 'simulated', endToEnd.redis.url])
    expect(everything).not.toContain(secret);
  for (const worker of workers) expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});

test('a command that runs one job answers the same while it runs', async () => {
  const { faults } = endToEnd.simulators.pointsharp;
  faults.latencyMs = 100;
  onTestFinished(() => {
    faults.latencyMs = 0;
  });
  const run = endToEnd.start(['run', 'purge-windows', '--json'], settings);
  const ask = await opsOf(run);
  await expect.poll(async () => (await ask('/readyz')).status, patience).toBe(200);
  expect((await ask('/livez')).status).toBe(200);
  const requests = async () => sum((await ask('/metrics')).text, 'caretaker_vendor_requests_total') ?? 0;
  await expect.poll(requests, patience).toBeGreaterThan(8);
  faults.latencyMs = 0;
  const { code, json } = await run.ended;
  expect(code).toBe(0);
  expect(json<Report>().actions.applied).toBe(2 * users);
});

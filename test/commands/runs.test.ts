import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { until } from '../queue/queue-fixture.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';

const users = 40;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());

async function listed(...options: string[]): Promise<Report[]> {
  const result = await endToEnd.run(['runs', '--json', ...options]);
  expect(result).toMatchObject({ code: 0, errors: '' });
  return result.json<Report[]>();
}

it('caretaker runs shows an empty history before the first run', async () => {
  expect(await listed()).toEqual([]);
  const table = await endToEnd.run(['runs']);
  expect(table.code).toBe(0);
  expect(table.output).toBe('no runs yet\n');
});

it('lists runs, the newest first, and prints the report of each as the command that ran it did', async () => {
  const reports: Report[] = [];
  for (const job of ['purge-windows', 'audit-pocket']) {
    const made = await endToEnd.run(['run', job, '--json', '--requested-by', 'helpdesk']);
    expect(made.code).toBe(0);
    reports.unshift(made.json<Report>());
  }
  expect(await listed()).toEqual(reports);
  expect(await listed('--count', '1')).toEqual(reports.slice(0, 1));

  const [newest] = reports;
  const id = newest?.run.id ?? '';
  const whole = await endToEnd.run(['runs', id, '--json']);
  expect(whole).toMatchObject({ code: 0, errors: '' });
  expect(whole.json<Report>()).toEqual(newest);

  const text = await endToEnd.run(['runs', id]);
  expect(text.output).toContain(
    `audit-pocket  ${id}\ncompleted in observe, triggered by command (helpdesk), `,
  );
  expect(text.output).toMatch(new RegExp(`^users +${users} +${users} +0 +0$`, 'm'));
  const table = await endToEnd.run(['runs']);
  const [, last] = table.output.split('\n');
  expect(last).toMatch(
    new RegExp(
      `^${id.slice(-6)}  audit-pocket +completed +\\d\\d-\\d\\d \\d\\d:\\d\\d +[.0-9]+ s +0 observed$`,
    ),
  );

  for (const part of [id.slice(-6), id.slice(0, -1), 'latest']) {
    expect((await endToEnd.run(['runs', part, '--json'])).json<Report>()).toEqual(newest);
  }
  expect(await listed('--job', 'purge-windows', '--status', 'completed')).toEqual(reports.slice(1));
  expect(await listed('--status', 'held')).toEqual([]);
  expect(await listed('--since', 'PT1H', '--limit', '5')).toEqual(reports);
  expect(await listed('--since', '2999-01-01')).toEqual([]);
  expect((await endToEnd.run(['runs', '--status', 'held'])).output).toBe('no such runs\n');
  expect(text.output + table.output).not.toContain(escapeCode);
});

it('lists a run that waits for a worker, and one in progress with its numbers so far', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  traffic.reset();
  // Everybody but one is done; the run waits for him.
  faults.add({ kind: 'silence', username: endToEnd.simulators.people.username(0) });
  const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
    id: string;
  }>();
  expect((await listed())[0]).toMatchObject({
    run: { id, status: 'running', startedAt: null },
    users: { selected: 0 },
  });

  const worker = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '5' });
  await expect.poll(() => traffic.facts().byStatus['200'] ?? 0, { timeout: 30_000 }).toBe(2 * users - 2 * 5);
  const whole = await endToEnd.run(['runs', id, '--json']);
  const report = whole.json<Report>();
  expect(whole.code).toBe(0);
  expect(report.run).toMatchObject({ id, status: 'running', finishedAt: null });
  expect(report.users.selected).toBe(users);
  expect(report.users.notReached).toBeGreaterThanOrEqual(5);
  expect(report.users.inspected + report.users.notReached).toBe(users);
  expect(report.actions.planned).toBe(2 * users);
  expect((await listed())[0]?.run.id).toBe(id);
  expect((await endToEnd.run(['runs', id])).output).toContain('running in enforce');
  await worker.kill('SIGKILL');
  faults.remove();
});

it('lists a run request that could not be read, with the reason', async () => {
  const connection = new Redis(endToEnd.redis.socketPath, { maxRetriesPerRequest: null });
  const queue = new Queue('caretaker-runs', { connection, prefix: '{caretaker}' });
  const { id } = await queue.add('audit-pocket', { modus: 'enforce' });
  const worker = endToEnd.start(['worker']);
  await worker.says('queue job failed');
  // With somebody there to take it, nothing more is to be said.
  expect((await endToEnd.run(['trigger', 'audit-pocket'])).output).toMatch(/^queued in observe: \S+\n$/);
  await worker.kill('SIGTERM');
  await queue.close();
  connection.disconnect();
  const whole = await endToEnd.run(['runs', id ?? '', '--json']);
  expect(whole.json<Report>().run).toMatchObject({
    status: 'failed',
    trigger: 'queue',
    reason: expect.stringContaining('modus'),
  });
  expect((await listed()).map(({ run }) => run.id)).toContain(id);
});

it('caretaker calls a run that nobody has begun queued, and says that no worker is up', async () => {
  const nobody = 'no worker is up: it waits for caretaker worker, or for caretaker run of its job\n';
  const asked = await endToEnd.run(['trigger', 'refresh-timed-devices']);
  const [, id = ''] = /^queued in observe: (\S+)\n/.exec(asked.output) ?? [];
  expect(asked.output).toBe(`queued in observe: ${id}\n${nobody}`);
  const one = await endToEnd.run(['runs', id]);
  expect(one.output).toContain('\nqueued in observe, triggered by command');
  expect(one.output).toContain(nobody);
  const all = await endToEnd.run(['runs']);
  expect(all.output).toMatch(new RegExp(`^${id.slice(-6)} +refresh-timed-devices +queued `, 'm'));
  expect(all.output).toContain(nobody);
});

it('caretaker says of a run whose process is gone that no worker is up, and of one that a command works on nothing', async () => {
  const nobody = 'no worker is up: it waits for caretaker worker, or for caretaker run of its job\n';
  endToEnd.simulators.superoffice.faults.latencyMs = 200;
  const command = endToEnd.start(['run', 'audit-pocket']);
  const [id = ''] = await until(async () => {
    const running = (await listed('--job', 'audit-pocket', '--status', 'running')).map(({ run }) => run.id);
    return running.length > 0 && running;
  });
  // Redis lists its connection a moment after it has begun.
  await until(async () => !(await endToEnd.run(['runs', id])).output.includes(nobody));
  expect((await listed('--status', 'running')).map(({ run }) => run.id)).toContain(id);
  await command.kill('SIGKILL');
  endToEnd.simulators.superoffice.faults.latencyMs = 0;
  await until(async () => (await endToEnd.run(['runs', id])).output.includes(nobody));
  const again = await endToEnd.run(['trigger', 'audit-pocket']);
  expect(again).toMatchObject({ code: 5, output: `already running: ${id}\n${nobody}` });
});

it('caretaker runs says that there is no run of an id, and exits 2', async () => {
  const result = await endToEnd.run(['runs', 'purge-windows-20010101T000000Z-abcdef']);
  expect(result).toMatchObject({ code: 2, output: '' });
  expect(result.errors).toMatch(
    /^caretaker: There is no run purge-windows-20010101T000000Z-abcdef\. .*CARETAKER_KEEP_RUNS.*\n$/,
  );
});

it('the runs, a report, the history and a pause are told in the time zone for people, and JSON in UTC', async () => {
  const zoned = { CARETAKER_TIME_ZONE: 'Asia/Kathmandu' };
  await endToEnd.run(['pause', 'audit-pocket', '--by', 'kari']);
  const [newest] = await listed('--job', 'audit-pocket', '--status', 'completed');
  const { id = '', startedAt = '' } = newest?.run ?? {};
  expect(startedAt).toMatch(/Z$/);
  const local = new Date(startedAt ?? '')
    .toLocaleString('sv-SE', { timeZone: 'Asia/Kathmandu' })
    .slice(0, 16);
  const table = (await endToEnd.run(['runs', '--job', 'audit-pocket'], zoned)).output;
  expect(table).toContain(` ${local.slice(5)} `);
  expect(table).toContain('\ntimes in Asia/Kathmandu\n');
  expect(table).toMatch(
    /^audit-pocket has been paused since \d{4}-\d\d-\d\d \d\d:\d\d Asia\/Kathmandu by kari/m,
  );
  const report = (await endToEnd.run(['runs', id], zoned)).output;
  expect(report).toContain(`\nstarted at ${local} Asia/Kathmandu\n`);
  const history = (await endToEnd.run(['history'], zoned)).output;
  expect(history).toMatch(/\ntimes in Asia\/Kathmandu\n$/);
  expect(history).toContain(local.slice('2026-'.length, 13));
  const since = (at: string) =>
    endToEnd.run(['runs', '--json', '--job', 'audit-pocket', '--status', 'completed', '--since', at], zoned);
  // The minute in which it began is past there for hours already by the clock of UTC.
  expect((await since(local.replace(' ', 'T'))).json<Report[]>()).toHaveLength(1);
  await endToEnd.run(['resume', 'audit-pocket']);
});

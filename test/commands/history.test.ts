import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HistoryEntry, HistoryLine } from '../../src/queue/records/history.ts';
import { held, tokenFor, visit } from '../ops/visitor.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { canaries, dumpRedis } from './canaries.ts';

const users = 40;
const person = 1;
const words = { SUPEROFFICE_HANDLE_KEY: 'SohkKanari6Zq7', SUPEROFFICE_PASSWORD: 'simulated0Kanari8Zq9' };
const cage = canaries(words);
const desk = { kind: 'command', host: hostname() };
let endToEnd: EndToEnd;
let redis: Redis;
let username: string;
let storage: string;

beforeAll(async () => {
  const password = words.SUPEROFFICE_PASSWORD;
  endToEnd = await openEndToEnd({
    users,
    superofficeAuth: { kind: 'basic', username: 'caretaker', password },
  });
  Object.assign(endToEnd.environment, words);
  redis = new Redis(endToEnd.redis.socketPath);
  const { people } = endToEnd.simulators;
  username = people.username(person);
  storage = people.storage(person);
});
afterAll(async () => {
  redis.disconnect();
  await endToEnd.close();
});

/** What `caretaker history --json` lists, the newest first; no secret is in it. */
async function history(count = 100, extra: Record<string, string> = {}): Promise<HistoryLine[]> {
  const result = await endToEnd.run(['history', '--json', '--count', String(count)], extra);
  expect(result).toMatchObject({ code: 0, errors: '' });
  expect(cage.sung(result.output)).toEqual([]);
  return result.json<HistoryLine[]>();
}

async function newest(): Promise<HistoryLine | undefined> {
  return (await history(1))[0];
}

const device = () => endToEnd.simulators.pointsharp.world.devices(person)[0]?.id ?? '';

const byHand: [what: string, words: () => string[], lines: (Partial<HistoryEntry> & { device?: true })[]][] =
  [
    [
      'open-window',
      () => ['open-window', username, '--minutes', '5', '--user-agent', 'Apple*'],
      [{ what: 'open-window', detail: '5 minutes, user agents like Apple*' }],
    ],
    [
      'set-state',
      () => ['set-state', username, device(), '3'],
      [{ what: 'set-state', detail: 'state 3', device: true }],
    ],
    ['update-time', () => ['update-time', username, device()], [{ what: 'update-time', device: true }]],
    ['remove one', () => ['remove', username, device()], [{ what: 'remove-device', device: true }]],
    ['remove --all', () => ['remove', username, '--all'], [{ what: 'remove-all-devices' }]],
    [
      'remove-windows --expired --waiting',
      () => ['remove-windows', username, '--expired', '--waiting'],
      [{ what: 'remove-waiting-windows' }, { what: 'remove-expired-windows' }],
    ],
    ['remove-windows --all', () => ['remove-windows', username, '--all'], [{ what: 'remove-all-windows' }]],
  ];

it.each(byHand)(
  'the history says who did %s by hand, on whom, with what outcome, why and from where',
  async (_what, words, lines) => {
    endToEnd.simulators.reset();
    const id = device();
    const reason = `asked by phone, ${Object.values(endToEnd.environment).find((one) => one.startsWith('Sohk'))}`;
    const line = ['device', ...words(), '--yes', '--by', 'kari', '--reason', reason];
    const result = await endToEnd.run(line);
    expect(result.code).toBe(0);
    expect(cage.sung(result.output + result.errors)).toEqual([]);
    expect(await history(lines.length)).toMatchObject(
      lines.map(({ device: isOne, ...rest }) => ({
        by: 'kari',
        on: { user: username, storage, ...(isOne ? { device: id } : {}) },
        outcome: 'done',
        problem: null,
        why: 'asked by phone, [secret]',
        from: desk,
        ...rest,
      })),
    );
    const told = result.errors.split('\n').filter((text) => text.includes('"msg":"history"'));
    expect(told).toHaveLength(2 * lines.length);
  },
);

it('the history has a write by hand that failed, with what the vendor said and the user of the system', async () => {
  const result = await endToEnd.run(['device', 'update-time', username, 'no-such-device', '--yes']);
  expect(result.code).toBe(1);
  expect(await newest()).toMatchObject({
    by: userInfo().username,
    what: 'update-time',
    on: { user: username, storage, device: 'no-such-device' },
    outcome: 'failed',
    problem: expect.stringContaining('was not found'),
    why: null,
  });
});

it('the history calls a write by hand in doubt when the vendor fails after it was asked', async () => {
  const { faults } = endToEnd.simulators.pointsharp;
  faults.add({ kind: 'status', status: 500, username });
  expect((await endToEnd.run(['device', 'remove-windows', username, '--all', '--yes'])).code).toBe(1);
  faults.remove();
  expect(await newest()).toMatchObject({
    what: 'remove-all-windows',
    outcome: 'in-doubt',
    problem: expect.stringContaining('500'),
  });
});

it('a write by hand whose process dies leaves its intent in the history', async () => {
  const { faults } = endToEnd.simulators.pointsharp;
  faults.add({ kind: 'silence', username });
  const command = endToEnd.start(['device', 'remove', username, '--all', '--yes']);
  await command.says('"msg":"history"');
  await command.kill('SIGKILL');
  faults.remove();
  expect(await newest()).toMatchObject({
    what: 'remove-all-devices',
    outcome: 'begun',
    on: { user: username },
  });
});

it('the history has runs on demand, whoever asks for them and however they end', async () => {
  const asked = ['--requested-by', 'ola', '--reason', 'after the move'];
  const run = await endToEnd.run(['run', 'purge-windows', '--user', username, '--json', ...asked]);
  const { run: ended } = run.json<{ run: { id: string } }>();
  const common = { by: 'ola', why: 'after the move', from: desk };
  expect(await newest()).toMatchObject({
    ...common,
    what: 'run',
    on: { job: 'purge-windows', run: ended.id, user: username },
    detail: 'observe',
    outcome: 'completed',
  });

  const file = join(endToEnd.folder, 'plan.json');
  await endToEnd.run(['plan', 'purge-windows', '--user', username, '--out', file]);
  const applied = await endToEnd.run(['apply', file, '--mode', 'enforce', '--json', ...asked]);
  expect(await newest()).toMatchObject({
    ...common,
    what: 'apply',
    on: { job: 'purge-windows', run: applied.json<{ run: { id: string } }>().run.id, user: username },
    detail: 'enforce',
    outcome: 'completed',
  });

  const triggered = await endToEnd.run(['trigger', 'audit-pocket', '--json', ...asked]);
  const { id } = triggered.json<{ id: string }>();
  const again = await endToEnd.run(['trigger', 'audit-pocket', '--json']);
  expect(again.code).toBe(5);
  expect(await history(2)).toMatchObject([
    { by: userInfo().username, what: 'trigger', outcome: 'already-running', on: { run: id } },
    { ...common, what: 'trigger', outcome: 'queued', on: { job: 'audit-pocket', run: id } },
  ]);

  const queue = new Queue('caretaker-runs', { connection: redis, prefix: '{caretaker}' });
  const worker = endToEnd.start(['worker']);
  await worker.says('run finished');
  await queue.add('purge-windows', { users: [username], requestedBy: 'a producer', reason: 'nightly' });
  await expect.poll(newest, { timeout: 30_000 }).toMatchObject({
    by: 'a producer',
    what: 'run',
    on: { job: 'purge-windows', run: expect.stringContaining('purge-windows-') },
    outcome: 'queued',
    why: 'nightly',
    from: { kind: 'queue' },
  });
  await worker.kill('SIGTERM');
  await queue.close();
});

it('the history has pauses and their ends, with their notes, and they are shown with who made them', async () => {
  await endToEnd.run(['pause', 'pointsharp', '--note', 'upgrade', '--by', 'kari']);
  const told =
    /^pointsharp has been paused since \S+ \S+ UTC by kari \(upgrade\)\. Resume it with: caretaker resume pointsharp$/m;
  for (const words of [['schedules'], ['runs']]) expect((await endToEnd.run(words)).output).toMatch(told);
  expect((await endToEnd.run(['doctor'])).output).toMatch(/by kari \(upgrade\)\.$/m);
  await endToEnd.run(['resume', 'pointsharp', '--note', 'upgraded', '--by', 'ola']);
  await endToEnd.run(['resume', 'pointsharp']);
  await endToEnd.run(['pause', 'audit-pocket']);
  await endToEnd.run(['resume', 'audit-pocket']);
  expect(await history(5)).toMatchObject([
    { what: 'resume', on: { job: 'audit-pocket' }, outcome: 'resumed' },
    { what: 'pause', on: { job: 'audit-pocket' }, outcome: 'paused', by: userInfo().username, why: null },
    { what: 'resume', outcome: 'was not paused' },
    {
      what: 'resume',
      on: { vendor: 'pointsharp' },
      outcome: 'resumed',
      by: 'ola',
      why: 'upgraded',
      from: desk,
    },
    { what: 'pause', on: { vendor: 'pointsharp' }, outcome: 'paused', by: 'kari', why: 'upgrade' },
  ]);
});

it('the history has who approved, who rejected and who signed in at the console, and the console shows it', async () => {
  const visitor = await visit(endToEnd, held);
  async function holdRun(): Promise<string> {
    endToEnd.simulators.reset();
    const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
    const { run } = (await endToEnd.run(words, held)).json<{ run: { id: string; status: string } }>();
    expect(run.status).toBe('held');
    return run.id;
  }
  const ended = (id: string) =>
    expect
      .poll(
        async () =>
          (await endToEnd.run(['runs', id, '--json'])).json<{ run: { status: string } }>().run.status,
        {
          timeout: 30_000,
        },
      )
      .toMatch(/stopped|completed/);

  const first = await holdRun();
  await endToEnd.run(['reject', first, '--note', 'not today', '--by', 'ola']);
  expect(await newest()).toMatchObject({
    what: 'reject',
    by: 'ola',
    on: { run: first },
    outcome: 'done',
    why: 'not today',
  });
  await ended(first);
  expect((await endToEnd.run(['approve', first])).code).toBe(2);
  expect(await newest()).toMatchObject({
    what: 'approve',
    outcome: 'failed',
    problem: expect.stringContaining('is not held'),
  });

  const second = await holdRun();
  await endToEnd.run(['approve', second, '--note', 'fine']);
  expect(await newest()).toMatchObject({
    what: 'approve',
    by: userInfo().username,
    on: { run: second },
    why: 'fine',
  });
  await ended(second);

  const third = await holdRun();
  const path = `/runs/${third}/decision`;
  const token = tokenFor(await visitor.page(`/runs/${third}`), path);
  await visitor.send(path, { token, decision: 'reject', note: 'too many' });
  const from = { kind: 'console', address: '127.0.0.1' };
  const lines = await history();
  expect(lines[0]).toMatchObject({
    what: 'reject',
    by: 'kari',
    on: { run: third },
    outcome: 'done',
    why: 'too many',
    from,
  });
  expect(lines.filter((line) => 'what' in line && line.what === 'sign-in')).toMatchObject([
    { by: 'kari', on: {}, outcome: 'done', from },
  ]);
  await ended(third);
  expect(await visitor.page(`/runs/${third}`)).toMatch(/rejected by <strong>kari<\/strong>.*too many/);

  const action = '/jobs/audit-pocket/runs';
  await visitor.send(action, { token: tokenFor(await visitor.page('/'), action) });
  expect(await newest()).toMatchObject({
    what: 'trigger',
    by: 'kari',
    detail: 'observe',
    outcome: 'queued',
    from,
  });
  const page = await visitor.page('/history');
  for (const text of ['too many', 'not today', 'console from 127.0.0.1', `command on ${hostname()}`])
    expect(page).toContain(text);
  expect(cage.sung(page)).toEqual([]);
  await visitor.worker.kill('SIGTERM');
});

it('the history as a table shows each line, also one that cannot be read, and no secret is kept in Redis', async () => {
  await redis.xadd('{caretaker}:history', '*', 'entry', '{"by":');
  const table = await endToEnd.run(['history', '--count', '100']);
  expect(table.output).toMatch(/^at +by +what +on, why +outcome$/m);
  expect(table.output).toMatch(/^[\d-]+ [\d:]+ +unreadable$/m);
  // What the vendor said of a device that nobody knows is longer than its column.
  expect(table.output).toMatch(/ {2}Pointsharp ID PUT Device\/UpdateTime for .{30,70}$/m);
  expect(table.output).toMatch(
    /^[\d-]+ [\d:]+ +kari +set-state \(state 3\) +device .+ done\n +command on \S+ +asked by phone, \[secret\]$/m,
  );
  expect(cage.sung(table.output)).toEqual([]);
  expect(cage.sung(await dumpRedis(redis))).toEqual([]);
  const lines = await history();
  expect(lines[0]).toMatchObject({ unreadable: true });
  expect(lines.length).toBeGreaterThan(20);
});

it('the history keeps no more lines than CARETAKER_KEEP_HISTORY, and shows none older than CARETAKER_KEEP_HISTORY_FOR', async () => {
  await endToEnd.run(['pause', 'audit-pocket', '--note', 'one'], { CARETAKER_KEEP_HISTORY: '3' });
  await endToEnd.run(['resume', 'audit-pocket', '--note', 'two'], { CARETAKER_KEEP_HISTORY: '3' });
  expect(await redis.xlen('{caretaker}:history')).toBe(3);
  expect(await history()).toMatchObject([{ why: 'two' }, { why: 'one' }]);
  expect(await history(100, { CARETAKER_KEEP_HISTORY_FOR: 'PT0.001S' })).toEqual([]);
});

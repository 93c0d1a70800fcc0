import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { maskBatch, maskReturn, maskRun } from '../../src/ops/console/mask.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { type Visitor, visit } from './visitor.ts';

let endToEnd: EndToEnd;
let visitor: Visitor;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 60 });
  visitor = await visit(endToEnd, { CARETAKER_MODE: 'enforce' });
});
afterAll(() => endToEnd.close());

const change = (at: Visitor, path: string, method = 'PUT', headers: Record<string, string> = {}) =>
  at.ask(path, {
    method,
    body: '{}',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
  });
const pausePath = '/queues/api/queues/caretaker-runs/pause';

describe('Bull Board in the console', () => {
  it('Bull Board in the console may run its own scripts and load nothing from elsewhere', async () => {
    const { headers, status } = await visitor.ask('/queues');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  it('Bull Board in the console shows the queues, and no user of them', async () => {
    const somebody = endToEnd.simulators.people.username(0);
    const users = ['run', 'purge-windows', '--user', somebody, '--json'];
    expect((await endToEnd.run(users)).code).toBe(0);
    const connection = { path: endToEnd.redis.socketPath };
    const requests = new Queue('caretaker-runs', { connection, prefix: '{caretaker}' });
    onTestFinished(() => requests.close());
    await requests.add('purge-windows', { mode: 'observe', users: [somebody, 'nobody'] });
    for (const queue of ['caretaker-runs', 'caretaker-pointsharp', 'caretaker-superoffice']) {
      const text = await visitor.page(`/queues/api/queues?activeQueue=${queue}&status=latest`);
      expect(text).toContain(`"name":"${queue}"`);
      expect(text).not.toContain(somebody);
    }
    const runs = await visitor.page('/queues/api/queues?activeQueue=caretaker-runs&status=latest');
    expect(runs).toContain('"users":1');
    expect(runs).toContain('"users":2');
  });

  it('Bull Board in the console changes nothing, unless it is told to be writable', async () => {
    expect((await change(visitor, pausePath)).status).toBe(405);
    const writable = await visit(endToEnd, { OPS_QUEUES_WRITABLE: 'true' });
    expect((await change(writable, pausePath)).status).toBe(200);
    expect((await change(writable, pausePath.replace('pause', 'resume'))).status).toBe(200);
    expect(writable.worker.output()).toMatch(
      /"by":"kari","what":"change-queues",.*"detail":"PUT".*"msg":"history"/,
    );
    expect((await change(writable, pausePath, 'PUT', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const add = '/queues/api/queues/caretaker-pointsharp/add';
    expect((await change(writable, add, 'POST')).status).toBe(405);
    const update = '/queues/api/queues/caretaker-runs/some-run/update-data';
    expect((await change(writable, update, 'PATCH')).status).toBe(405);
    await writable.worker.kill('SIGTERM');
  });
});

describe('what is shown of a payload', () => {
  it('the console shows of a payload only what names nobody', () => {
    const user = ['kari.nordmann', null, null];
    const run = {
      mode: 'enforce',
      users: ['kari.nordmann'],
      requestedBy: 'ola',
      reason: 'kari asked',
      password: 'x',
    };
    expect(
      maskRun({ ...run, state: { phase: 'plan', selected: 1, rejections: [{ user: 'kari' }] } }),
    ).toEqual({
      mode: 'enforce',
      users: 1,
    });
    expect(maskRun({ run: 'purge-windows-1', users: 3, requestedBy: 'ola' })).toEqual({ users: 3 });
    expect(maskBatch({ users: [user, user] })).toEqual({ users: 2 });
    expect(maskBatch({ planned: { users: 3, actions: [{ user, subject: 'phone' }] } })).toEqual({
      plannedUsers: 3,
      plannedActions: 1,
    });
    expect(
      maskReturn({
        run: { status: 'completed' },
        users: { inspected: 2, kari: 'kari nordmann' },
        failures: [{ user: 'kari' }],
        late: 1,
      }),
    ).toEqual({ status: 'completed', users: { inspected: 2 }, actions: {}, late: 1 });
  });

  it.each([
    ['a word of 40 characters is shown', 'p'.repeat(40), { mode: 'p'.repeat(40) }],
    ['a word of 41 characters is left out', 'p'.repeat(41), {}],
    ['a moment is shown', '2026-11-22T02:15:00.000+01:00', { mode: '2026-11-22T02:15:00.000+01:00' }],
    ['a text of two words is left out', 'kari nordmann', {}],
    ['an empty text is left out', '', {}],
  ])('in a payload that the console shows, %s', (_title, mode, shown) => {
    expect(maskRun({ mode })).toEqual(shown);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startPrivateRedis } from '../../../simulators/redis/private-redis.ts';
import type { Report } from '../../../src/runs/report.ts';
import { until } from '../../queue/queue-fixture.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { ask, type OpsAnswer, opsAnywhere, opsOf, opsReady, sum } from '../../support/ops.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 40 });
});
afterAll(() => endToEnd?.close());

const reasonOf = ({ text }: OpsAnswer) => (JSON.parse(text) as { reason?: string }).reason ?? '';

/** A Redis of the test's own. */
async function ownRedis() {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  return redis;
}

describe('the probes of a worker', () => {
  it('the probes answer before Redis does: live, not ready and why; and ready as soon as the workers have started', async () => {
    const redis = await ownRedis();
    await redis.kill();
    const worker = endToEnd.start(['worker'], { ...opsAnywhere, REDIS_URL: redis.url });
    const get = await opsOf(worker);
    expect(await get('/livez')).toEqual({ status: 200, text: '{"status":"ok"}' });
    const early = await get('/readyz');
    expect(early.status).toBe(503);
    expect(reasonOf(early)).toMatch(/^Redis at unix:.* is not available: .*\. Start it, or set REDIS_URL/);
    const page = await get('/metrics');
    expect(page.status).toBe(200);
    expect(sum(page.text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(sum(page.text, 'caretaker_queue_jobs')).toBeUndefined();
    await redis.restart();
    await until(async () => (await get('/readyz')).status === 200);
    expect(await get('/livez')).toMatchObject({ status: 200 });
    await until(async () => sum((await get('/metrics')).text, 'caretaker_queue_jobs') !== undefined);
    expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
  });

  it('the probes of a worker that drains stay live and turn unready, until it has finished what it had begun', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    // The batch under way ends before the drain has to end it.
    const settings = {
      ...opsAnywhere,
      CARETAKER_MODE: 'enforce',
      CARETAKER_DRAIN_TIMEOUT: 'PT30S',
      PURGE_WINDOWS_BATCH_SIZE: '1',
      POINTSHARP_REQUESTS_IN_FLIGHT: '1',
    };
    const worker = endToEnd.start(['worker'], settings);
    const get = await opsOf(worker);
    await worker.says('worker ready');
    await until(async () => (await get('/readyz')).status === 200);
    faults.latencyMs = 2_000;
    onTestFinished(() => {
      faults.latencyMs = 0;
    });
    await endToEnd.run(['trigger', 'purge-windows'], settings);
    await until(async () => endToEnd.simulators.pointsharp.traffic.facts().inFlight > 0);
    const ended = worker.kill('SIGTERM');
    await worker.says('worker stopping');
    const draining = await get('/readyz');
    expect(draining.status).toBe(503);
    expect(reasonOf(draining)).toContain('is shutting down');
    expect(await get('/livez')).toMatchObject({ status: 200 });
    expect((await get('/metrics')).status).toBe(200);
    expect(await ended).toMatchObject({ code: 0, errors: '' });
  });

  it('the probes turn unready when Redis takes no writes any more, and ready when it does again; the worker stays live', async () => {
    const redis = await ownRedis();
    const owner = new Redis(redis.socketPath);
    onTestFinished(() => owner.disconnect());
    const worker = endToEnd.start(['worker'], { ...opsAnywhere, REDIS_URL: redis.url });
    const get = await opsOf(worker);
    await until(async () => (await get('/readyz')).status === 200);
    await owner.replicaof('127.0.0.1', 9);
    const refused = await until(async () => {
      const answer = await get('/readyz');
      return answer.status === 503 && answer;
    });
    expect(reasonOf(refused)).toContain('READONLY');
    expect(await get('/livez')).toMatchObject({ status: 200 });
    await owner.replicaof('NO', 'ONE');
    await until(async () => (await get('/readyz')).status === 200);
    // Full, it answers and refuses as well.
    await owner.config('SET', 'maxmemory', '1');
    const full = await until(async () => {
      const answer = await get('/readyz');
      return answer.status === 503 && answer;
    });
    expect(reasonOf(full)).toContain('maxmemory');
  });

  it('the probes serve the metrics of the process while Redis hangs', async () => {
    const redis = await ownRedis();
    const worker = endToEnd.start(['worker'], { ...opsAnywhere, REDIS_URL: redis.url });
    const get = await opsOf(worker);
    await until(async () => sum((await get('/metrics')).text, 'caretaker_queue_jobs') !== undefined);
    await redis.kill('SIGSTOP');
    onTestFinished(() => redis.kill('SIGCONT'));
    const page = await until(async () => {
      const { text } = await get('/metrics');
      return sum(text, 'caretaker_queue_jobs') === undefined && text;
    });
    expect(sum(page, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(sum(page, 'caretaker_runs_total')).toBe(0);
    expect(await get('/livez')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 503 });
    await redis.kill('SIGCONT');
    await until(async () => sum((await get('/metrics')).text, 'caretaker_queue_jobs') !== undefined);
  });
});

describe('a port that is taken', () => {
  async function takenPort(): Promise<string> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    return String(typeof address === 'object' && address ? address.port : 0);
  }

  it('a port that is taken ends a worker, which would be killed for its probes, and says what to do', async () => {
    const port = await takenPort();
    const answer = await endToEnd.run(['worker'], { ...opsAnywhere, OPS_PORT: port });
    expect(answer.code).toBe(2);
    expect(answer.errors).toBe(
      `caretaker: Cannot listen on port ${port} of 127.0.0.1: address already in use (EADDRINUSE). Set OPS_PORT to another port, or to 0 for any free port.\n`,
    );
  });

  it('a port that is taken is a warning for a run, which goes on', async () => {
    const port = await takenPort();
    const answer = await endToEnd.run(['run', 'audit-pocket', '--json'], { ...opsAnywhere, OPS_PORT: port });
    expect(answer.code).toBe(0);
    expect(answer.json<Report>().run.status).toBe('completed');
    expect(answer.errors).toContain('no probes and metrics');
    expect(answer.errors).toContain('address already in use (EADDRINUSE)');
  });
});

describe('the server', () => {
  it('the server of probes says nothing of itself to whoever asks for something else, sends too much, or sends nonsense', async () => {
    const worker = endToEnd.start(['worker'], opsAnywhere);
    const get = await opsOf(worker);
    const port = Number(/"port":(\d+)/.exec(worker.output())?.[1]);
    expect(await get('/nothing/here')).toEqual({ status: 404, text: '{"error":"Not found."}' });
    expect((await get('/%E0%A4%A')).status).toBe(400);
    expect((await ask(port, '/livez', { method: 'DELETE' })).status).toBe(404);
    expect((await ask(port, '/livez', { headers: { 'x-long': 'a'.repeat(10_000) } })).status).toBe(431);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answers = [
      await ask(port, '/livez', { ...json, body: '{ nonsense' }),
      await ask(port, '/livez', { ...json, body: JSON.stringify({ text: 'a'.repeat(200_000) }) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 413]);
    for (const { text } of answers) {
      expect(text).not.toMatch(/ at |node_modules|\.m?[jt]s/);
    }
    expect((await get('/livez')).status).toBe(200);
    expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
  });

  it('the server of probes is there with a port, and a worker tells so on standard output before it is ready', async () => {
    const worker = endToEnd.start(['worker'], opsAnywhere);
    await worker.says('worker ready');
    expect(worker.output()).toContain(opsReady);
    await worker.kill('SIGTERM');
  });

  it('the server of probes is not there without a port', async () => {
    const worker = endToEnd.start(['worker']);
    await worker.says('worker ready');
    expect(worker.output()).not.toContain(opsReady);
    await worker.kill('SIGTERM');
  });
});

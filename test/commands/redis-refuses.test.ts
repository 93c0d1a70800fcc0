import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { type RefusalCase, refusalCases } from '../support/refusals.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 60 });
});
afterAll(() => endToEnd.close());

/** Tests at the same time have to say whose end it is. */
type AtEnd = TestContext['onTestFinished'];

/** A Redis of the test's own that can be told to refuse. */
async function openRefusing({ begin, end }: RefusalCase, atEnd: AtEnd, port = false) {
  const redis = await startPrivateRedis({ port });
  const client = new Redis(redis.socketPath);
  atEnd(async () => {
    client.disconnect();
    await redis.stop();
  });
  return { redis, client, begin: () => begin(redis, client), end: () => end(redis, client) };
}

const urlOf = ({ url }: PrivateRedis) => ({ REDIS_URL: url });

/** A server that answers as a Redis does which still reads its data. */
async function startLoading(atEnd: AtEnd): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const [, name = ''] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)/gi)) {
        const info = 'redis_version:7.0.15\r\nloading:1\r\n';
        const replies: Record<string, string> = {
          hello: "-ERR unknown command 'HELLO'\r\n",
          info: `$${info.length}\r\n${info}\r\n`,
        };
        socket.write(replies[name.toLowerCase()] ?? '-LOADING Redis is loading the dataset in memory\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => void server.close());
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

describe.concurrent('a Redis that answers, and says no', () => {
  it.for(['OOM', 'MISCONF', 'NOREPLICAS', 'NOPERM', 'BUSY'] as const)(
    'a worker waits at its start while Redis refuses with %s, tells it once, and begins when it is over',
    async (name, { expect, onTestFinished: atEnd }) => {
      const refusal = refusalCases[name];
      const { redis, begin, end } = await openRefusing(refusal, atEnd);
      await begin();
      const worker = endToEnd.start(['worker'], urlOf(redis));
      await worker.says('redis refuses');
      const run = await endToEnd.run(['run', 'audit-pocket', '--json'], urlOf(redis));
      expect(run).toMatchObject({ code: 2, errors: expect.stringContaining(refusal.advice) });
      await end();
      await worker.says('worker ready');
      const output = worker.output();
      expect(output.split('"redis refuses"')).toHaveLength(2);
      expect(output).toContain(refusal.advice);
      expect(output).not.toContain('redis does not answer');
      expect(output).not.toMatch(/ReplyError|\n +at /);
      expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
    },
  );

  it('a Redis that is loading is told as that by run, doctor and a waiting worker, which obeys SIGTERM', async ({
    expect,
    onTestFinished: atEnd,
  }) => {
    const settings = { REDIS_URL: await startLoading(atEnd) };
    const worker = endToEnd.start(['worker'], settings);
    await worker.says('redis refuses');
    for (const words of [['run', 'audit-pocket'], ['runs'], ['doctor'], ['pause', 'audit-pocket']]) {
      const { code, output, errors } = await endToEnd.run(words, settings);
      expect(`${output}${errors}`.replace(/\s+/g, ' ')).toContain('It is reading its data from disk');
      expect(code).not.toBe(0);
    }
    expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
  });

  it('a database that Redis does not have, and more clients than it allows, are told as such', async ({
    expect,
    onTestFinished: atEnd,
  }) => {
    const { redis, client } = await openRefusing(refusalCases.OOM, atEnd, true);
    const other = { REDIS_URL: `${redis.url}/99` };
    const wrong = await endToEnd.run(['runs'], other);
    expect(wrong).toMatchObject({
      code: 2,
      errors: expect.stringContaining('number of the database in REDIS_URL'),
    });
    await client.config('SET', 'maxclients', 1);
    const full = await endToEnd.run(['runs'], urlOf(redis));
    expect(full).toMatchObject({ code: 2, errors: expect.stringContaining('raise its maxclients') });
  });

  it('whoever only looks is not kept from it by a Redis that takes no writes', async ({
    expect,
    onTestFinished: atEnd,
  }) => {
    const { redis, begin } = await openRefusing(refusalCases.OOM, atEnd);
    await begin();
    expect(await endToEnd.run(['runs'], urlOf(redis))).toMatchObject({ code: 0 });
  });
});

describe('a run that is under way when Redis begins to refuse', () => {
  const slow = { POINTSHARP_REQUESTS_IN_FLIGHT: '1', PURGE_WINDOWS_BATCH_SIZE: '5' };
  const run = ['run', 'purge-windows', '--json'];
  const writes = { CARETAKER_MODE: 'enforce' };

  async function refuseInTheMiddle() {
    const { faults, traffic } = endToEnd.simulators.pointsharp;
    const { redis, begin, end } = await openRefusing(refusalCases.OOM, onTestFinished);
    traffic.reset();
    faults.latencyMs = 50;
    const command = endToEnd.start(run, { ...urlOf(redis), ...writes, ...slow });
    await expect.poll(() => traffic.facts().requests, { timeout: 30_000 }).toBeGreaterThan(5);
    await begin();
    await command.says('redis refuses');
    faults.latencyMs = 0;
    return { redis, command, end };
  }

  it('a command whose Redis refuses in the middle of its run ends with the reason, and the next one carries the run on', async () => {
    const { redis, command, end } = await refuseInTheMiddle();
    expect(await command.ended).toMatchObject({
      code: 2,
      errors: expect.stringContaining('caretaker: Redis at'),
    });
    expect(command.errors()).toContain('raise its maxmemory');
    await end();
    const next = await endToEnd.run(run, { ...urlOf(redis), ...writes });
    expect(next.errors).toContain('is settled: completed');
    expect(next.json<Report>().users.inspected).toBe(60);
  });

  it('a command whose Redis refuses obeys SIGTERM', async () => {
    const { command } = await refuseInTheMiddle();
    expect(await command.kill('SIGTERM')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('raise its maxmemory'),
    });
  });
});

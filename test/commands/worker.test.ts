import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { jobNames } from '../../src/jobs/index.ts';
import type { Report } from '../../src/runs/report.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 200;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  faults.remove();
  faults.latencyMs = 0;
  traffic.reset();
});

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly clean?: boolean;
  readonly set?: readonly string[];
}

/** The lines of a log; throws when one of them is no JSON. */
function lines(output: string): Line[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}

const times = (worker: Caretaker, text: string) => worker.output().split(text).length - 1;

async function scheduleStates(environment: Record<string, string>): Promise<string[]> {
  const result = await endToEnd.run(['schedules', '--json'], environment);
  return result.json<{ schedules: { state: string }[] }>().schedules.map(({ state }) => state);
}

describe('caretaker worker', () => {
  it('a worker sets the schedules, is ready, logs JSON to standard output only, and exits 0 on SIGTERM', async () => {
    const worker = endToEnd.start(['worker']);
    await worker.says('worker ready');
    expect(await scheduleStates({})).toEqual(jobNames.map(() => 'in place'));
    const { code, output, errors } = await worker.kill('SIGTERM');
    expect(code).toBe(0);
    expect(errors).toBe('');
    const log = lines(output);
    const story = ['worker ready', 'worker stopping', 'worker stopped'];
    expect(log.map(({ msg }) => msg).filter((msg) => story.includes(msg))).toEqual(story);
    expect(log.at(-1)?.msg).toBe('worker stopped');
    expect(log.at(-1)?.clean).toBe(true);
  });

  it('leaves schedules alone that are in place, and exits 0 when it is stopped before it is ready', async () => {
    // The worker of the test before has set them.
    const worker = endToEnd.start(['worker']);
    await worker.says('schedules in place');
    const early = await worker.kill('SIGTERM');
    expect(early.code).toBe(0);
    expect(lines(early.output).find(({ msg }) => msg === 'schedules in place')?.set).toEqual([]);
  });

  it.each([
    ['reads from standard input', '-'],
    ['is not set', ''],
  ])('a worker exits 2 when its roster %s', async (_what, roster) => {
    const result = await endToEnd.run(['worker'], { CARETAKER_ROSTER: roster });
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(/^caretaker: .*CARETAKER_ROSTER.*\n$/);
  });

  it('a worker exits 2 when a certificate cannot be used, and so does a run: nothing that was opened keeps it alive', async () => {
    const file = await endToEnd.file('no.pem', 'this is no certificate');
    const user = endToEnd.simulators.people.username(0);
    for (const words of [['worker'], ['run', 'purge-windows', '--user', user]]) {
      const result = await endToEnd.run(words, { POINTSHARP_CA_FILE: file });
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toMatch(
        /^caretaker: POINTSHARP_CA_FILE: .* contains no certificate in PEM format.*\n$/,
      );
    }
  });
});

describe.concurrent('a worker without its Redis', () => {
  /** A Redis of the test's own. */
  async function withRedis(use: (redis: PrivateRedis) => Promise<void>): Promise<void> {
    const redis = await startPrivateRedis();
    try {
      await use(redis);
    } finally {
      await redis.stop();
    }
  }

  it('logs that once, keeps trying, and is ready once Redis answers', () =>
    withRedis(async (redis) => {
      await redis.kill();
      const worker = endToEnd.start(['worker'], { REDIS_URL: redis.url });
      await worker.says('redis does not answer');
      expect(worker.output()).toMatch(/Redis at unix:\S+ is not available: .* set REDIS_URL to its address/);
      expect(worker.output()).not.toContain('worker ready');
      await redis.restart();
      await worker.says('worker ready');
      expect(times(worker, 'redis does not answer')).toBe(1);
      expect(await scheduleStates({ REDIS_URL: redis.url })).toEqual(jobNames.map(() => 'in place'));
      expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
    }));

  it('a worker without Redis exits 0 on SIGTERM while it waits', () =>
    withRedis(async (redis) => {
      await redis.kill();
      const worker = endToEnd.start(['worker'], { REDIS_URL: redis.url });
      await worker.says('redis does not answer');
      expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
    }));

  it('ends also when it is stopped while Redis is away', () =>
    withRedis(async (redis) => {
      const worker = endToEnd.start(['worker'], { REDIS_URL: redis.url, CARETAKER_DRAIN_TIMEOUT: 'PT0.1S' });
      await worker.says('worker ready');
      await redis.kill();
      await worker.says('redis does not answer');
      const { code, output, errors } = await worker.kill('SIGTERM');
      const last = lines(output).at(-1);
      expect(last?.msg).toBe('worker stopped');
      expect({ code, errors }).toEqual({ code: last?.clean ? 0 : 1, errors: '' });
    }));

  it('a worker sets the schedules anew and works on when a Redis comes back that lost everything', ({
    expect,
  }) =>
    withRedis(async (redis) => {
      const worker = endToEnd.start(['worker'], { REDIS_URL: redis.url });
      await worker.says('worker ready');
      await redis.restart();
      const client = new Redis(redis.socketPath);
      await expect
        .poll(() => client.zcard('{caretaker}:caretaker-runs:repeat'), { timeout: 30_000 })
        .toBe(jobNames.length);
      client.disconnect();
      expect(await scheduleStates({ REDIS_URL: redis.url })).toEqual(jobNames.map(() => 'in place'));
      await endToEnd.run(['trigger', 'audit-pocket'], { REDIS_URL: redis.url });
      await worker.says('run finished');
      expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
    }));
});

describe('a worker that is told to stop in the middle of a run', () => {
  const settings = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '10' };
  const traffic = () => endToEnd.simulators.pointsharp.traffic;

  /** Starts a worker, gives it a run, and stops it once a part of the run is done. */
  async function stopInTheMiddle(extra: Record<string, string>, latencyMs: number) {
    endToEnd.simulators.pointsharp.faults.latencyMs = latencyMs;
    const worker = endToEnd.start(['worker'], { ...settings, ...extra });
    await worker.says('worker ready');
    const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
      id: string;
    }>();
    await expect
      .poll(() => traffic().facts().requests, { interval: 10, timeout: 30_000 })
      .toBeGreaterThan(50);
    const ended = await worker.kill('SIGTERM');
    const asked = traffic().facts().requests;
    expect(ended.output).not.toContain('run finished');
    return { id, ended, asked };
  }

  /** Has another worker do the rest. */
  async function finish(id: string): Promise<Report> {
    endToEnd.simulators.pointsharp.faults.latencyMs = 0;
    const next = endToEnd.start(['worker'], settings);
    await next.says('run finished');
    const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
    expect(await next.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
    return report;
  }

  function expectWhole(report: Report): void {
    expect(report.run.status).toBe('completed');
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    const planned = 2 * users;
    expect(report.actions).toEqual({ planned, applied: planned, skipped: 0, failed: 0, notReached: 0 });
  }

  it('a worker that is told to stop finishes the batches in flight, exits 0, and the next worker does exactly the rest', async () => {
    const { id, ended, asked } = await stopInTheMiddle({}, 20);
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(lines(ended.output).at(-1)).toMatchObject({ msg: 'worker stopped', clean: true });
    expect(asked).toBeLessThan(2 * users);
    expectWhole(await finish(id));
    expect(traffic().facts().perUser).toEqual({ min: 2, max: 2, total: 2 * users });
  });

  it('a worker that is told to stop hands back what is in flight at its deadline, exits 0, and nobody is missed', async () => {
    const { id, ended, asked } = await stopInTheMiddle({ CARETAKER_DRAIN_TIMEOUT: 'PT0.05S' }, 100);
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(lines(ended.output).at(-1)).toMatchObject({ msg: 'worker stopped', clean: true });
    expect(asked).toBeLessThan(2 * users);
    expectWhole(await finish(id));
    const { perUser } = traffic().facts();
    expect(perUser.min).toBeGreaterThanOrEqual(2);
    // Only the requests that were cut off are made again: eight were in flight.
    expect(perUser.total).toBeLessThanOrEqual(2 * users + 8);
  });

  it('a worker exits at once on a second signal, and nobody is missed even then', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    faults.add({ kind: 'silence' });
    const worker = endToEnd.start(['worker'], { ...settings, CARETAKER_DRAIN_TIMEOUT: 'PT1H' });
    await worker.says('worker ready');
    const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
      id: string;
    }>();
    await expect.poll(() => traffic().facts().inFlight, { timeout: 30_000 }).toBe(8);
    worker.process.kill('SIGTERM');
    await worker.says('worker stopping');
    const { code, output } = await worker.kill('SIGINT');
    expect(code).toBe(1);
    expect(output).not.toContain('worker stopped');
    faults.remove();
    expectWhole(await finish(id));
  });
});

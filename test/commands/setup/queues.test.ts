import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../simulators/redis/private-redis.ts';
import { withQueues } from '../../../src/commands/setup/queues.ts';
import { UsageError } from '../../../src/commands/usage-error.ts';
import type { Queues } from '../../../src/queue/queues.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { openStreams } from '../streams.ts';

let endToEnd: EndToEnd;
let forgetful: PrivateRedis;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
  forgetful = await startPrivateRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
});
afterAll(async () => {
  await forgetful?.stop();
  await endToEnd?.close();
});

it.each([['worker'], ['trigger purge-windows'], ['schedules']])(
  '%s is refused with exit code 2 by a Redis that may throw away the queues, and says what to do',
  async (words) => {
    const result = await endToEnd.run(words.split(' '), { REDIS_URL: forgetful.url });
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toBe(
      'caretaker: Redis may evict keys of the queues (maxmemory-policy allkeys-lru). ' +
        'Set maxmemory-policy to noeviction.\n',
    );
  },
);

it('a warning about Redis is logged by the worker, once, and by no command', async () => {
  const worker = endToEnd.start(['worker']);
  await worker.says('worker ready');
  expect((await endToEnd.run(['schedules'])).errors).toBe('');
  const { code, output } = await worker.kill('SIGTERM');
  expect(code).toBe(0);
  const warnings = output.split('\n').filter((line) => line.includes('redis warning'));
  expect(warnings).toEqual([expect.stringContaining('keeps no append-only file')]);
});

it('the settings of a cluster and of Sentinels are checked against each other before anything is opened', async () => {
  const result = await endToEnd.run(['schedules'], {
    REDIS_CLUSTER: 'true',
    REDIS_SENTINELS: 'one:26379',
    CARETAKER_PREFIX: 'caretaker',
  });
  expect(result).toMatchObject({ code: 2, output: '' });
  for (const name of ['REDIS_CLUSTER', 'REDIS_SENTINEL_NAME', 'REDIS_URL', 'CARETAKER_PREFIX']) {
    expect(result.errors).toMatch(new RegExp(`^  ${name}: `, 'm'));
  }
});

describe('queues that are opened for one command', () => {
  it('queues that are opened for one command are handed over open, and closed after it', async () => {
    const { context } = openStreams(false, endToEnd.environment);
    let lent: Queues | undefined;
    const count = await withQueues(context, async (queues) => {
      lent = queues;
      return queues.runs.getWaitingCount();
    });
    expect(count).toBe(0);
    await expect.poll(() => lent?.redis.status).toBe('end');
  });

  it('queues that are opened for one command are closed also when the command fails, whose error comes through', async () => {
    const { context } = openStreams(false, endToEnd.environment);
    let lent: Queues | undefined;
    const failing = withQueues(context, async (queues) => {
      lent = queues;
      throw new UsageError('No.', '');
    });
    await expect(failing).rejects.toThrow(UsageError);
    await expect.poll(() => lent?.redis.status).toBe('end');
  });
});

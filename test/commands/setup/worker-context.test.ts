import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../simulators/redis/private-redis.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

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
  'the command %s is refused with exit code 2 by a Redis that may throw away the queues, and is told what to do',
  async (words) => {
    const answer = await endToEnd.run(words.split(' '), { REDIS_URL: forgetful.url });
    expect(answer).toMatchObject({ code: 2, output: '' });
    expect(answer.errors).toBe(
      'caretaker: Redis may evict keys of the queues (maxmemory-policy allkeys-lru). ' +
        'Set maxmemory-policy to noeviction.\n',
    );
  },
);

it('a setting of Redis that only deserves a look is told by the worker, once, and by no command', async () => {
  const worker = endToEnd.start(['worker']);
  await worker.says('worker ready');
  expect((await endToEnd.run(['schedules'])).errors).toBe('');
  const { code, output } = await worker.kill('SIGTERM');
  expect(code).toBe(0);
  const warnings = output.split('\n').filter((line) => line.includes('redis warning'));
  expect(warnings).toEqual([expect.stringContaining('keeps no append-only file')]);
});

it('the settings of a cluster and of Sentinels are checked against each other before anything is opened', async () => {
  const answer = await endToEnd.run(['schedules'], {
    REDIS_CLUSTER: 'true',
    REDIS_SENTINELS: 'one:26379',
    CARETAKER_PREFIX: 'caretaker',
  });
  expect(answer).toMatchObject({ code: 2, output: '' });
  for (const name of ['REDIS_CLUSTER', 'REDIS_SENTINEL_NAME', 'REDIS_URL', 'CARETAKER_PREFIX']) {
    expect(answer.errors).toMatch(new RegExp(`^  ${name}: `, 'm'));
  }
});

import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { redisCommands } from '../../src/config/settings/redis-commands.ts';
import { openWatchedRedis } from '../../src/redis/watch.ts';
import { until, useRedis } from '../queue/queue-fixture.ts';
import { redisAt } from './redis-at.ts';
import { slowWay } from './slow-way.ts';

const redis = useRedis();

/** As the watch names a command. */
const nameOf = (command: string) => command.replace('|', ' ').toUpperCase();

test('whichever one command a live connection loses the right to, the watch names it, and no other', async () => {
  const admin = new Redis(redis().socketPath);
  onTestFinished(() => admin.disconnect());
  await admin.call('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all');
  const config = redisAt((await slowWay(redis().socketPath, 0)).replace('://', '://worker:secret@'));
  let told = '';
  let isReady = false;
  const watched = openWatchedRedis(
    config,
    '{rights}',
    {
      failed(error) {
        told = error.message;
      },
      ready() {
        isReady = true;
      },
    },
    20,
  );
  onTestFinished(() => {
    watched.stop();
    watched.redis.disconnect();
  });
  await watched.redis.connect();
  await admin.call('ACL', 'SETUSER', 'worker', '-get');
  await watched.redis.get('{rights}').catch((error: unknown) => watched.note(error));
  let before = 'get';
  for (const command of redisCommands) {
    await admin.call('ACL', 'SETUSER', 'worker', `+${before}`, `-${command}`);
    await until(async () => told.includes(` refuses ${nameOf(command)}: `));
    before = command;
  }
  expect(watched.refusal()?.error.refusal).toBe('NOPERM');
  await admin.call('ACL', 'SETUSER', 'worker', '+@all');
  await until(async () => isReady);
  expect(watched.refusal()).toBeUndefined();
});

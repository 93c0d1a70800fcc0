import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { redisCommands, redisRights } from '../../src/config/settings/redis-commands.ts';
import { lookAtRedis } from '../../src/redis/inspect.ts';
import { useRedis } from '../queue/queue-fixture.ts';
import { redisAt } from './redis-at.ts';

const redis = useRedis();
const prefix = '{caretaker}';

function owner(socketPath: string): Redis {
  const client = new Redis(socketPath);
  onTestFinished(() => client.disconnect());
  return client;
}

test('with the rights of the configuration page nothing is refused, and nothing is left behind', async () => {
  const client = owner(redis().socketPath);
  await client.acl('SETUSER', 'exact', 'reset', 'on', '>pw', ...redisRights(prefix).split(' '));
  const look = await lookAtRedis(redisAt(`unix://exact:pw@localhost${redis().socketPath}`), prefix, 'exact');
  expect(look.refused).toEqual([]);
  expect(await client.keys('*')).toEqual([]);
});

test.each(redisCommands)('a user without the right to %s is told its name, and no other', async (command) => {
  const client = owner(redis().socketPath);
  const rights = redisRights(prefix).split(' ');
  await client.acl('SETUSER', 'less', 'reset', 'on', '>pw', ...rights, `-${command}`);
  const config = redisAt(`unix://less:pw@localhost${redis().socketPath}`);
  const { refused } = await lookAtRedis(config, prefix, 'less').catch((error: Error) => {
    expect(error.message).toContain(`'${command}'`);
    return { refused: [{ command: command.toUpperCase(), code: 'NOPERM' }] };
  });
  expect(refused.map((one) => [one.command, one.code])).toEqual([
    [command.replace('|', ' ').toUpperCase(), 'NOPERM'],
  ]);
});

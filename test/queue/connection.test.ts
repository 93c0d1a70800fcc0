import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis.ts';
import type { RedisConfig } from '../../src/config/redis.ts';
import { checkRedis, openRedis } from '../../src/queue/connection.ts';
import { redisAt } from './redis-at.ts';
import { until } from './workshop.ts';

async function troubleOf(address: string, changes: Partial<RedisConfig> = {}): Promise<Error> {
  const error = await checkRedis(redisAt(address, changes)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('checkRedis found nothing wrong');
  return error;
}

const secret = 'canary%40p%C3%A5ssword';
const secretForms = [secret, decodeURIComponent(secret)];

function expectPlain(error: Error, words: readonly string[]): void {
  expect(error.name).toBe('RedisError');
  for (const word of words) expect(error.message).toContain(word);
  for (const form of secretForms)
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(form);
}

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('a Redis that answers passes', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  expect((await checkRedis(redisAt(redis.url))).refusals).toEqual([]);
});

test('a port at which nobody listens is told with what to do', async () => {
  const error = await troubleOf(`redis://user:${secret}@127.0.0.1:9/1`);
  expectPlain(error, ['redis://127.0.0.1:9/1', 'ECONNREFUSED', 'set REDIS_URL']);
});

test('a socket that is not there is told with its path', async () => {
  const error = await troubleOf('unix:///nowhere/redis.sock');
  expectPlain(error, ['unix:///nowhere/redis.sock', 'ENOENT', 'set REDIS_URL']);
});

test('a name that does not exist is told', async () => {
  expectPlain(await troubleOf(new URL('redis://redis.invalid')), ['redis://redis.invalid', 'set REDIS_URL']);
});

test('a server that accepts and says nothing is given up', async () => {
  const port = await listen(() => {});
  const error = await troubleOf(`redis://:${secret}@127.0.0.1:${port}`);
  expectPlain(error, [`127.0.0.1:${port}`, 'set REDIS_URL']);
});

test('a server that closes at once is given up', async () => {
  const port = await listen((socket) => socket.destroy());
  expectPlain(await troubleOf(new URL(`redis://127.0.0.1:${port}`)), [`127.0.0.1:${port}`, 'set REDIS_URL']);
});

test.each([
  ['a wrong password', `:${secret}@`],
  ['a user that does not exist', `nobody:${secret}@`],
  ['no password', ''],
])('%s is told as what it is', async (_, credentials) => {
  const redis = await startPrivateRedis({ port: true });
  onTestFinished(() => redis.stop());
  const owner = new Redis(redis.socketPath);
  await owner.config('SET', 'requirepass', 'another one');
  owner.disconnect();
  const error = await troubleOf(redis.url.replace('redis://', `redis://${credentials}`));
  expectPlain(error, ['check user and password in REDIS_URL']);
});

test('a connection that keeps trying tells its troubles, without the password, and comes back', async () => {
  const redis = await startPrivateRedis({ port: true });
  onTestFinished(() => redis.stop());
  const troubles: Error[] = [];
  const connection = openRedis(redisAt(redis.url), (error) => troubles.push(error));
  onTestFinished(() => connection.disconnect());
  expect(await connection.ping()).toBe('PONG');
  await redis.kill();
  await until(async () => troubles.length > 0);
  await redis.restart();
  expect(await connection.ping()).toBe('PONG');
  expectPlain(troubles[0] ?? new Error(), [redis.url, 'ECONNREFUSED']);
});

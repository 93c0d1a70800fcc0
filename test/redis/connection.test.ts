import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import type { RedisConfig } from '../../src/config/redis.ts';
import { redisSettings } from '../../src/config/settings/groups.ts';
import { checkRedis, openRedis } from '../../src/redis/connection.ts';
import { RedisError } from '../../src/redis/errors.ts';
import { until } from '../queue/queue-fixture.ts';
import { openEndToEnd } from '../support/end-to-end.ts';
import { redisAt } from './redis-at.ts';

async function failureOf(address: string, changes: Partial<RedisConfig> = {}): Promise<Error> {
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
  expect(error).toBeInstanceOf(RedisError);
  expect(error).toMatchObject({ name: 'RedisError', exitCode: 2 });
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

test('a Redis that replies is available', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  expect((await checkRedis(redisAt(redis.url))).errors).toEqual([]);
});

test('a closed port is reported as a refused connection, with what to do', async () => {
  const error = await failureOf(`redis://user:${secret}@127.0.0.1:9/1`);
  expectPlain(error, [
    'redis://127.0.0.1:9/1',
    'connection refused (ECONNREFUSED)',
    'set REDIS_URL to its address',
  ]);
});

test('a Unix socket that does not exist is reported with its path', async () => {
  const error = await failureOf('unix:///nowhere/redis.sock');
  expectPlain(error, [
    'unix:///nowhere/redis.sock',
    'no such file or directory (ENOENT)',
    'set REDIS_URL to its address',
  ]);
});

test('a host name that does not exist is reported as a failed DNS lookup', async () => {
  expectPlain(await failureOf('redis://redis.invalid'), [
    'redis://redis.invalid',
    'DNS lookup failed (',
    'set REDIS_URL to its address',
  ]);
});

test('a server that accepts and never replies is not available', async () => {
  const port = await listen(() => {});
  const error = await failureOf(`redis://:${secret}@127.0.0.1:${port}`);
  expectPlain(error, [`127.0.0.1:${port}`, 'set REDIS_URL to its address']);
});

test('a server that closes every connection is not available', async () => {
  const port = await listen((socket) => socket.destroy());
  expectPlain(await failureOf(`redis://127.0.0.1:${port}`), [
    `127.0.0.1:${port}`,
    'set REDIS_URL to its address',
  ]);
});

test.each([
  ['a wrong password', `:${secret}@`],
  ['a user that does not exist', `nobody:${secret}@`],
  ['no password', ''],
])('a Redis that asks for a password reports %s as such', async (_, credentials) => {
  const redis = await startPrivateRedis({ port: true });
  onTestFinished(() => redis.stop());
  const owner = new Redis(redis.socketPath);
  await owner.config('SET', 'requirepass', 'another one');
  owner.disconnect();
  const error = await failureOf(redis.url.replace('redis://', `redis://${credentials}`));
  expectPlain(error, ['Check user and password in REDIS_URL']);
});

test('a connection that keeps trying reports its failures, without the password, and comes back', async () => {
  const redis = await startPrivateRedis({ port: true });
  onTestFinished(() => redis.stop());
  const failures: Error[] = [];
  const connection = openRedis(redisAt(redis.url), (error) => failures.push(error));
  onTestFinished(() => connection.disconnect());
  expect(await connection.ping()).toBe('PONG');
  await redis.kill();
  await until(async () => failures.length > 0);
  await redis.restart();
  expect(await connection.ping()).toBe('PONG');
  expectPlain(failures[0] ?? new Error(), [redis.url, 'ECONNREFUSED']);
});

test('a master that became a replica is reported, left, and written to again once it is the master', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  const failures: Error[] = [];
  const connection = openRedis(redisAt(redis.url), (error) => failures.push(error));
  onTestFinished(() => connection.disconnect());
  await connection.set('before', '1');
  const owner = new Redis(redis.socketPath);
  onTestFinished(() => owner.disconnect());
  await owner.replicaof('127.0.0.1', 9);
  const written = connection.set('after', '1');
  await until(async () => failures.length > 0);
  expectPlain(failures[0] ?? new Error(), ['READONLY', 'name the master in REDIS_URL']);
  await owner.replicaof('NO', 'ONE');
  expect(await written).toBe('OK');
});

const pem = (name: string) => new URL(`../clients/fixtures/${name}`, import.meta.url);
const authority = fileURLToPath(pem('authority.pem'));

/** A Redis behind TLS on a port of 127.0.0.1. */
async function startEncrypted(): Promise<string> {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  const keys = { cert: readFileSync(pem('server.pem')), key: readFileSync(pem('server.key.pem')) };
  const server = createTlsServer(keys, (front) => {
    const back = connect(redis.socketPath);
    front.on('error', () => back.destroy()).pipe(back);
    back.on('error', () => front.destroy()).pipe(front);
  }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

test('rediss reaches a Redis whose certificate comes from an authority in REDIS_CA_FILE', async () => {
  const config = redisAt(`rediss://${await startEncrypted()}`, { caFile: authority });
  expect((await checkRedis(config)).errors).toEqual([]);
  const connection = openRedis(config, () => {});
  onTestFinished(() => connection.disconnect());
  expect(await connection.ping()).toBe('PONG');
});

test.each([
  ['an authority that is not trusted', 'rediss', 'Set REDIS_CA_FILE'],
  ['plain text on a TLS port', 'redis', 'set REDIS_URL to its address'],
])('a TLS connection reports %s', async (_, scheme, advice) => {
  expectPlain(await failureOf(`${scheme}://:${secret}@${await startEncrypted()}`), [advice]);
});

/** The rights as the configuration page names them. */
function documentedRights(): string[] {
  const [, rights = ''] = /the rights `([^`]+)`/.exec(redisSettings.url.doc) ?? [];
  return rights.replace('PREFIX', '{caretaker}').split(' ');
}

test('a user with the rights of the configuration page is all that a run needs; with fewer, the missing right is reported', async () => {
  const endToEnd = await openEndToEnd({ users: 5 });
  onTestFinished(() => endToEnd.close());
  const owner = new Redis(endToEnd.redis.socketPath);
  onTestFinished(() => owner.disconnect());
  await owner.acl('SETUSER', 'caretaker', 'on', `>${decodeURIComponent(secret)}`, ...documentedRights());
  const address = `unix://caretaker:${secret}@localhost${endToEnd.redis.socketPath}`;
  const settings = { REDIS_URL: address, POINTSHARP_REQUESTS_PER_SECOND: '1000' };
  const output = await endToEnd.run(['run', 'purge-windows', '--json'], settings);
  expect(output).toMatchObject({ code: 0, errors: expect.not.stringContaining('NOPERM') });
  await owner.set('of somebody else', 'private');
  const limited = new Redis(endToEnd.redis.socketPath, {
    username: 'caretaker',
    password: decodeURIComponent(secret),
  });
  onTestFinished(() => limited.disconnect());
  expect(await limited.get('{caretaker}:none')).toBeNull();
  await expect(limited.get('of somebody else')).rejects.toThrow('NOPERM');
  await expect(limited.flushall()).rejects.toThrow('NOPERM');
  await owner.acl('SETUSER', 'caretaker', '-info');
  expectPlain(await failureOf(address), ['NOPERM', 'Give its user the rights']);
});

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
import { until } from '../queue/queue-fixture.ts';
import { redisAt } from '../queue/redis-at.ts';
import { openEndToEnd } from '../support/end-to-end.ts';

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
  expectPlain(await troubleOf('redis://redis.invalid'), ['redis://redis.invalid', 'set REDIS_URL']);
});

test('a server that accepts and says nothing is given up', async () => {
  const port = await listen(() => {});
  const error = await troubleOf(`redis://:${secret}@127.0.0.1:${port}`);
  expectPlain(error, [`127.0.0.1:${port}`, 'set REDIS_URL']);
});

test('a server that closes at once is given up', async () => {
  const port = await listen((socket) => socket.destroy());
  expectPlain(await troubleOf(`redis://127.0.0.1:${port}`), [`127.0.0.1:${port}`, 'set REDIS_URL']);
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

test('a master that became a replica is told, left, and written to again once it is the master', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  const troubles: Error[] = [];
  const connection = openRedis(redisAt(redis.url), (error) => troubles.push(error));
  onTestFinished(() => connection.disconnect());
  await connection.set('before', '1');
  const owner = new Redis(redis.socketPath);
  onTestFinished(() => owner.disconnect());
  await owner.replicaof('127.0.0.1', 9);
  const written = connection.set('after', '1');
  await until(async () => troubles.length > 0);
  expectPlain(troubles[0] ?? new Error(), ['READONLY', 'name the master in REDIS_URL']);
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
  expect((await checkRedis(config)).refusals).toEqual([]);
  const connection = openRedis(config, () => {});
  onTestFinished(() => connection.disconnect());
  expect(await connection.ping()).toBe('PONG');
});

test.each([
  ['an authority that nobody trusts', 'rediss', 'set REDIS_CA_FILE'],
  ['no TLS where TLS is spoken', 'redis', 'set REDIS_URL to where it is'],
])('%s is told', async (_, scheme, advice) => {
  expectPlain(await troubleOf(`${scheme}://:${secret}@${await startEncrypted()}`), [advice]);
});

/** The rights as the configuration page names them. */
function documentedRights(): string[] {
  const [, rights = ''] = /the rights `([^`]+)`/.exec(redisSettings.url.doc) ?? [];
  return rights.replace('PREFIX', '{caretaker}').split(' ');
}

test('a user with the rights of the configuration page is all that a run needs; with fewer, that is told', async () => {
  const endToEnd = await openEndToEnd({ users: 5 });
  onTestFinished(() => endToEnd.close());
  const owner = new Redis(endToEnd.redis.socketPath);
  onTestFinished(() => owner.disconnect());
  await owner.acl('SETUSER', 'caretaker', 'on', `>${decodeURIComponent(secret)}`, ...documentedRights());
  const address = `unix://caretaker:${secret}@localhost${endToEnd.redis.socketPath}`;
  const settings = { REDIS_URL: address, POINTSHARP_REQUESTS_PER_SECOND: '1000' };
  const answer = await endToEnd.run(['run', 'purge-windows', '--json'], settings);
  expect(answer).toMatchObject({ code: 0, errors: expect.not.stringContaining('NOPERM') });
  await owner.acl('SETUSER', 'caretaker', '-info');
  expectPlain(await troubleOf(address), ['NOPERM', 'give its user the rights']);
});

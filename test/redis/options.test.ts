import { expect, test } from 'vitest';
import { clusterOptions, redisOptions, seedNodes } from '../../src/redis/options.ts';
import { redisAt } from './redis-at.ts';

test.each([
  ['redis://127.0.0.1:6380', { host: '127.0.0.1', port: 6380, db: 0 }],
  ['redis://cache.example', { host: 'cache.example', port: 6379, db: 0 }],
  ['redis://cache.example/4', { host: 'cache.example', db: 4 }],
  ['redis://:p%40ss%2Fw%C3%B6rd@cache.example/1', { password: 'p@ss/wörd', db: 1 }],
  ['redis://us%3Aer:p%25@cache.example', { username: 'us:er', password: 'p%' }],
  ['rediss://cache.example:6390/2', { host: 'cache.example', port: 6390, db: 2, tls: {} }],
  ['redis://[::1]:6379', { host: '::1', port: 6379 }],
  ['rediss://[fd00::7]', { host: 'fd00::7', port: 6379, tls: {} }],
  ['unix:///run/redis/redis.sock', { path: '/run/redis/redis.sock', db: 0 }],
  ['unix:///run/my%20redis/redis.sock?db=3', { path: '/run/my redis/redis.sock', db: 3 }],
  [
    'unix://user:secret@localhost/run/redis.sock',
    { path: '/run/redis.sock', username: 'user', password: 'secret' },
  ],
])('the address of Redis %s is understood', (address, options) => {
  expect(redisOptions(redisAt(address))).toMatchObject(options);
});

test.each(['rediss://cache.example', 'rediss://[::1]', 'rediss://10.0.0.7'])(
  'the certificate of %s is checked against its host, which for an address is no name to be sent',
  (address) => {
    expect(redisOptions(redisAt(address)).tls).toEqual({});
  },
);

test('only what is set for Redis is handed on, and only rediss means TLS', () => {
  const options = redisOptions(redisAt('redis://cache.example'));
  for (const name of ['username', 'password', 'tls', 'path']) expect(options).not.toHaveProperty(name);
});

test('behind Sentinels, REDIS_URL gives user, password, database and TLS, but no address', () => {
  const sentinels = [{ host: 'one.example', port: 26379 }];
  const options = redisOptions(
    redisAt('rediss://user:p%40ss@nowhere/2', {
      sentinels,
      sentinelName: 'mymaster',
      sentinelUsername: 'watch',
      sentinelPassword: 'man',
    }),
  );
  expect(options).toMatchObject({
    ...{ sentinels, name: 'mymaster', sentinelUsername: 'watch', sentinelPassword: 'man' },
    ...{
      username: 'user',
      password: 'p@ss',
      db: 2,
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    },
  });
  for (const name of ['host', 'port', 'path']) expect(options).not.toHaveProperty(name);
});

test('Sentinels without TLS and without a password are asked without', () => {
  const config = redisAt('redis://h', { sentinels: [{ host: 'one', port: 1 }], sentinelName: 'm' });
  const options = redisOptions(config);
  for (const name of ['tls', 'sentinelTLS', 'sentinelUsername', 'sentinelPassword']) {
    expect(options).not.toHaveProperty(name);
  }
});

test('a cluster is begun with the node of REDIS_URL and those that are named beside it', () => {
  const more = [{ host: 'two.example', port: 7000 }];
  const config = redisAt('redis://user:p@one.example', { cluster: true, clusterNodes: more });
  expect(seedNodes(config)).toEqual([{ host: 'one.example', port: 6379 }, ...more]);
  expect(seedNodes(redisAt('redis://[::1]:7001'))).toEqual([{ host: '::1', port: 7001 }]);
  const { redisOptions: each } = clusterOptions(config);
  expect(each).toMatchObject({ username: 'user', password: 'p', maxRetriesPerRequest: null });
  expect(each).not.toHaveProperty('tls');
});

test('the nodes of an encrypted cluster are reached by their names, for which their certificates are made out', () => {
  expect(clusterOptions(redisAt('redis://one.example'))).not.toHaveProperty('dnsLookup');
  const { dnsLookup } = clusterOptions(redisAt('rediss://one.example', { cluster: true }));
  const found: unknown[] = [];
  dnsLookup?.('one.example', (error, address) => found.push(error, address));
  expect(found).toEqual([null, 'one.example']);
});

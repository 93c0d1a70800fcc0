import { fileURLToPath } from 'node:url';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Environment } from '../../src/config/settings/read-group.ts';
import { jobs } from '../../src/jobs/index.ts';
import { leastEnvironment } from './environments.ts';

const now = DateTime.fromISO('2026-06-01T12:00:00Z');
const authority = fileURLToPath(new URL('../clients/fixtures/authority.pem', import.meta.url));
const load = (environment: Environment) => loadConfig({ ...leastEnvironment, ...environment }, jobs, now);

/** The wrong variables, each with what is said about it. */
function problemsOf(environment: Environment): Record<string, string> {
  try {
    load(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]));
  }
  return {};
}

test('Sentinels are known by their addresses and by what they call the master; their password is a secret', () => {
  const config = load({
    REDIS_URL: 'rediss://user:canary-redis@any/2',
    REDIS_CA_FILE: authority,
    REDIS_SENTINELS: 'one.example,two.example:26380',
    REDIS_SENTINEL_NAME: 'mymaster',
    REDIS_SENTINEL_USERNAME: 'observer',
    REDIS_SENTINEL_PASSWORD: 'canary-sentinel',
  });
  expect(config.redis).toMatchObject({
    caFile: authority,
    sentinels: [
      { host: 'one.example', port: 26379 },
      { host: 'two.example', port: 26380 },
    ],
    sentinelName: 'mymaster',
    sentinelUsername: 'observer',
  });
  expect(config.secrets).toEqual(expect.arrayContaining(['canary-redis', 'canary-sentinel']));
});

test('a cluster is known by one node or more', () => {
  const { redis } = load({ REDIS_CLUSTER: 'true', REDIS_CLUSTER_NODES: 'two:7001' });
  expect(redis).toMatchObject({ cluster: true, clusterNodes: [{ host: 'two', port: 7001 }] });
});

const sentinels = { REDIS_SENTINELS: 'one', REDIS_SENTINEL_NAME: 'mymaster' };
const cluster = { REDIS_CLUSTER: 'true' };

test.each<[string, Environment, string, RegExp]>([
  ['Sentinels without a name', { REDIS_SENTINELS: 'one' }, 'REDIS_SENTINEL_NAME', /is missing/],
  [
    'a name without Sentinels',
    { REDIS_SENTINEL_NAME: 'm' },
    'REDIS_SENTINEL_NAME',
    /has no effect without REDIS_SENTINELS;/,
  ],
  ['a user without Sentinels', { REDIS_SENTINEL_USERNAME: 'u' }, 'REDIS_SENTINEL_USERNAME', /SENTINELS/],
  ['a password without Sentinels', { REDIS_SENTINEL_PASSWORD: 'p' }, 'REDIS_SENTINEL_PASSWORD', /SENTINELS/],
  ['Sentinels and a cluster', { ...sentinels, ...cluster }, 'REDIS_CLUSTER', /cannot be combined with/],
  ['nodes of no cluster', { REDIS_CLUSTER_NODES: 'two' }, 'REDIS_CLUSTER_NODES', /REDIS_CLUSTER=true/],
  ['a socket and Sentinels', { ...sentinels, REDIS_URL: 'unix:///r.sock' }, 'REDIS_URL', /socket/],
  ['a socket and a cluster', { ...cluster, REDIS_URL: 'unix:///r.sock' }, 'REDIS_URL', /socket/],
  ['a database of a cluster', { ...cluster, REDIS_URL: 'redis://one/2' }, 'REDIS_URL', /database 0 only/],
  ['a CA without TLS', { REDIS_CA_FILE: authority }, 'REDIS_CA_FILE', /nothing is encrypted/],
  [
    'a CA that is none',
    { REDIS_URL: 'rediss://one', REDIS_CA_FILE: import.meta.filename },
    'REDIS_CA_FILE',
    /no certificate in PEM format/,
  ],
])('%s is a problem', (_, environment, variable, message) => {
  expect(problemsOf(environment)).toEqual({ [variable]: expect.stringMatching(message) });
});

test.each(['caretaker', '{}', '{}{caretaker}', 'care}{taker', 'care{taker'])(
  'the prefix %s would spread the keys over a cluster, and is refused for one only',
  (prefix) => {
    const environment = { CARETAKER_PREFIX: prefix };
    expect(problemsOf(environment)).toEqual({});
    expect(problemsOf({ ...environment, ...cluster })).toEqual({
      CARETAKER_PREFIX: expect.stringContaining('such as {caretaker}'),
    });
  },
);

test.each(['{caretaker}', 'test-{caretaker}', '{a}{b}', '{{a}', 'x}{a}'])(
  'the prefix %s keeps the keys of a cluster together and is taken',
  (prefix) => {
    expect(problemsOf({ CARETAKER_PREFIX: prefix, ...cluster })).toEqual({});
  },
);

test('a value that cannot be read is the only problem, without what would follow from it', () => {
  expect(Object.keys(problemsOf({ REDIS_CLUSTER: 'maybe', REDIS_CLUSTER_NODES: 'two' }))).toEqual([
    'REDIS_CLUSTER',
  ]);
  expect(Object.keys(problemsOf({ ...sentinels, REDIS_SENTINELS: 'one:two' }))).toEqual(['REDIS_SENTINELS']);
  expect(Object.keys(problemsOf({ ...cluster, REDIS_URL: 'one' }))).toEqual(['REDIS_URL']);
});

test('a password for the Sentinels that comes as a file is told when there are no Sentinels', () => {
  expect(problemsOf({ REDIS_SENTINEL_PASSWORD_FILE: authority })).toEqual({
    REDIS_SENTINEL_PASSWORD: expect.stringContaining('REDIS_SENTINELS'),
  });
});

test('a socket of Redis alone is taken, without Sentinels and without a cluster', () => {
  expect(problemsOf({ REDIS_URL: 'unix:///r.sock' })).toEqual({});
});

test('a prefix of a cluster that cannot be read is told for that alone', () => {
  expect(problemsOf({ ...cluster, CARETAKER_PREFIX: 'a:b' })).toEqual({
    CARETAKER_PREFIX: expect.stringMatching(/^expected letters/),
  });
});

import { readFileSync } from 'node:fs';
import { systemErrorText } from '../domain/system-error.ts';
import { bundleProblem } from '../security/certificates.ts';
import type { HostPort } from './kinds/address.ts';
import { createProblem, type Problem } from './settings/problem.ts';
import type { Environment } from './settings/read-group.ts';

/** Where Redis is: one server, or behind Sentinels, or a cluster. */
export interface RedisConfig {
  /** The server; behind Sentinels only its user, password, database and TLS count; of a cluster it is one node. */
  readonly url: URL;
  /** A PEM file of certificate authorities trusted beside the system's own. */
  readonly caFile: string | undefined;
  readonly sentinels: readonly HostPort[] | undefined;
  readonly sentinelName: string | undefined;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
  readonly cluster: boolean;
  /** Nodes beside that of `url` at which the others can be asked for. */
  readonly clusterNodes: readonly HostPort[] | undefined;
}

/** Settings as far as they could be read. */
type Readable<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Checks the settings of Redis against each other and against the prefix of the keys. */
export function checkRedisSettings(
  { url, caFile, cluster }: Readable<RedisConfig>,
  prefix: string | undefined,
  environment: Environment,
): readonly Problem[] {
  const isSet = (name: string) => Boolean(environment[name] || environment[`${name}_FILE`]);
  const problems: Problem[] = [];
  const add = (variable: string, problem: string, advice: string) =>
    problems.push(createProblem({ variable, kind: 'value', problem, advice }));

  const hasSentinels = isSet('REDIS_SENTINELS');
  if (hasSentinels && !isSet('REDIS_SENTINEL_NAME')) {
    add(
      'REDIS_SENTINEL_NAME',
      'is missing, but REDIS_SENTINELS needs it',
      'set it to what the Sentinels call the master',
    );
  }
  for (const name of ['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD']) {
    if (!hasSentinels && isSet(name)) {
      add(name, 'has no effect without REDIS_SENTINELS', 'set REDIS_SENTINELS or remove it');
    }
  }
  if (hasSentinels && cluster) {
    add(
      'REDIS_CLUSTER',
      'cannot be combined with REDIS_SENTINELS: a cluster has no Sentinels',
      'remove one of them',
    );
  }
  if (isSet('REDIS_CLUSTER_NODES') && cluster === false) {
    add(
      'REDIS_CLUSTER_NODES',
      'has no effect without REDIS_CLUSTER=true',
      'set REDIS_CLUSTER=true or remove it',
    );
  }
  if (url?.protocol === 'unix:' && (hasSentinels || cluster)) {
    add('REDIS_URL', 'is a socket, which leads to one server only', 'use redis:// or rediss://');
  }
  if (cluster && url && /[1-9]/.test(url.pathname)) {
    add('REDIS_URL', 'names a database, but a cluster has database 0 only', 'remove the database');
  }
  if (cluster && prefix !== undefined && !hasHashTag(prefix)) {
    add(
      'CARETAKER_PREFIX',
      'has no part in braces, but REDIS_CLUSTER=true needs one: it keeps all keys on one node',
      'use a prefix such as {caretaker}',
    );
  }
  if (caFile !== undefined && url && url.protocol !== 'rediss:') {
    add(
      'REDIS_CA_FILE',
      'has no effect without rediss:// in REDIS_URL: nothing is encrypted',
      'use rediss:// in REDIS_URL or remove it',
    );
  }
  const wrong = caFile === undefined ? undefined : wrongWithAuthorities(caFile);
  if (wrong !== undefined) {
    add('REDIS_CA_FILE', `names ${caFile}, which ${wrong}`, 'name the file of the certificate authority');
  }
  return problems;
}

/** Whether only a part of each key decides about its slot: https://redis.io/docs/reference/cluster-spec, "Hash tags". */
function hasHashTag(prefix: string): boolean {
  return /^[^{]*\{[^}]+\}/.test(prefix);
}

function wrongWithAuthorities(path: string): string | undefined {
  try {
    return bundleProblem(readFileSync(path, 'utf8'));
  } catch (error) {
    return `cannot be read: ${systemErrorText(error)}`;
  }
}

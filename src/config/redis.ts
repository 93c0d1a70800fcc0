import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { HostPort } from './kinds/address.ts';
import type { Environment, Problem } from './settings/read-group.ts';

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
  const add = (variable: string, message: string) => problems.push({ variable, message });

  const hasSentinels = isSet('REDIS_SENTINELS');
  if (hasSentinels && !isSet('REDIS_SENTINEL_NAME')) {
    add('REDIS_SENTINEL_NAME', 'is missing, and REDIS_SENTINELS needs it: what they call the master');
  }
  for (const name of ['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD']) {
    if (!hasSentinels && isSet(name)) add(name, 'says nothing without REDIS_SENTINELS, which is missing');
  }
  if (hasSentinels && cluster) {
    add('REDIS_CLUSTER', 'cannot go with REDIS_SENTINELS: a cluster has none; leave one of them out');
  }
  if (isSet('REDIS_CLUSTER_NODES') && cluster === false) {
    add('REDIS_CLUSTER_NODES', 'says nothing without REDIS_CLUSTER=true');
  }
  if (url?.protocol === 'unix:' && (hasSentinels || cluster)) {
    add('REDIS_URL', 'is a socket, which leads to one server only; use redis:// or rediss://');
  }
  if (cluster && url && /[1-9]/.test(url.pathname)) {
    add('REDIS_URL', 'names a database, and a cluster has none but 0; leave it out');
  }
  if (cluster && prefix !== undefined && !hasHashTag(prefix)) {
    add(
      'CARETAKER_PREFIX',
      'needs a part in braces such as {caretaker} with REDIS_CLUSTER=true: it keeps all keys on one node',
    );
  }
  if (caFile !== undefined && url && url.protocol !== 'rediss:') {
    add('REDIS_CA_FILE', 'says nothing without rediss:// in REDIS_URL: as it is, nothing is encrypted');
  }
  if (caFile !== undefined && !isCertificate(caFile)) {
    add('REDIS_CA_FILE', `${caFile} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  }
  return problems;
}

/** Whether only a part of each key decides about its slot: https://redis.io/docs/reference/cluster-spec, "Hash tags". */
function hasHashTag(prefix: string): boolean {
  return /^[^{]*\{[^}]+\}/.test(prefix);
}

function isCertificate(path: string): boolean {
  try {
    return new X509Certificate(readFileSync(path)).subject !== '';
  } catch {
    return false;
  }
}

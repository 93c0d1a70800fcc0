import type { RedisConfig } from '../config/redis.ts';
import { seedNodes } from './options.ts';

/** Redis is not there, or not fit. The message says what to do. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** What to do: the same while the trouble is the same, whichever way it shows. */
  readonly advice: string;

  constructor(message: string, advice = message) {
    super(message);
    this.advice = advice;
  }
}

/** What is wrong with the connection to Redis, for people; credentials left out. */
export function redisError(config: RedisConfig, error: unknown): RedisError {
  const said = saidBy(error);
  const advice = adviceFor(config, said);
  return new RedisError(`${placeText(config)} does not answer (${said}): ${advice}.`, advice);
}

/** Where Redis is, without credentials. */
function placeText(config: RedisConfig): string {
  const { url, sentinels, sentinelName } = config;
  const list = (servers: readonly { host: string; port: number }[]) =>
    servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (sentinels) return `The Redis master ${sentinelName} of the Sentinels ${list(sentinels)}`;
  if (config.cluster) return `The Redis Cluster at ${list(seedNodes(config))}`;
  return `Redis at ${url.protocol}//${url.host}${url.pathname}`;
}

function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A cluster says that all nodes failed; what the last of them said is more to the point.
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return saidBy(error.lastNodeError);
  const code = 'code' in error ? String(error.code) : '';
  // A pause that grows would make the same trouble look new each time.
  const text = error.message.replace(/Retrying from scratch after \d+ms\. ?/, '');
  return text.trim() || code || error.name;
}

const advices: readonly (readonly [RegExp, string])[] = [
  [/NOPERM/, 'give its user the rights that the configuration page names at REDIS_URL'],
  [/sentinel.*(NOAUTH|WRONGPASS)/i, 'check REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD'],
  [/NOAUTH|WRONGPASS|invalid password/i, 'check user and password in REDIS_URL'],
  [/invalid reply: null|No such master/, 'check REDIS_SENTINEL_NAME'],
  [/READONLY/, 'it is a replica; name the master in REDIS_URL, or set REDIS_SENTINELS'],
  [/cluster support disabled/, 'it is no cluster; leave REDIS_CLUSTER out'],
  [/certificate|altname|self.signed/i, 'set REDIS_CA_FILE, or use the host that the certificate names'],
];

function adviceFor({ sentinels }: RedisConfig, said: string): string {
  const known = advices.find(([pattern]) => pattern.test(said));
  if (known) return known[1];
  return sentinels
    ? 'start it, or set REDIS_SENTINELS to where the Sentinels are'
    : 'start it, or set REDIS_URL to where it is';
}

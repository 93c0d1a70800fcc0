import { ReplyError } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { codeWords, errorCode, systemErrorText } from '../domain/system-error.ts';
import { isUntrustedCertificate } from '../security/tls.ts';
import { seedNodes } from './options.ts';

/**
 * Redis is not available, or not fit for the queues. The advice stays the same while the trouble does, however it shows:
 * the log reports each trouble once by it.
 */
export class RedisError extends OperatorError {
  override readonly name = 'RedisError';

  /**
   * @param problem what is wrong, and with which Redis: whole sentences, without credentials
   * @param advice what to do now: whole sentences
   */
  constructor(problem: string, advice: string, options: { readonly cause?: unknown } = {}) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
  }
}

/** What is wrong with the connection to Redis, for people; credentials left out. */
export function redisError(config: RedisConfig, error: unknown): RedisError {
  const { code, text, isFromSentinel } = readError(error);
  const kind = kindOf(code, isFromSentinel);
  return new RedisError(
    `${serverText(config)} is not available: ${text}.`,
    kind === 'unreachable' && config.sentinels ? sentinelsAdvice : advices[kind],
  );
}

/**
 * The code of what Redis replied, such as `NOPERM` or `READONLY`; undefined for any error that is not a reply of Redis.
 */
export function redisErrorCode(error: unknown): string | undefined {
  return error instanceof ReplyError ? readError(error).code : undefined;
}

/** What can be wrong with a connection, as far as it decides what to do. */
type TroubleKind =
  | 'rights'
  | 'credentials'
  | 'sentinel-credentials'
  | 'sentinel-name'
  | 'replica'
  | 'not-a-cluster'
  | 'certificate'
  | 'unreachable';

const sentinelsAdvice = 'Start it, or set REDIS_SENTINELS to the addresses of the Sentinels.';

const advices: Readonly<Record<TroubleKind, string>> = {
  rights: 'Give its user the rights that the configuration page lists at REDIS_URL.',
  credentials: 'Check user and password in REDIS_URL.',
  'sentinel-credentials': 'Check REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD.',
  'sentinel-name': 'Check REDIS_SENTINEL_NAME.',
  replica: 'It is a replica: name the master in REDIS_URL, or set REDIS_SENTINELS.',
  'not-a-cluster': 'It is not a cluster: remove REDIS_CLUSTER.',
  certificate: 'Set REDIS_CA_FILE, or use the host name in the certificate.',
  unreachable: 'Start it, or set REDIS_URL to its address.',
};

function kindOf(code: string | undefined, isFromSentinel: boolean): TroubleKind {
  if (code === 'NOPERM') return 'rights';
  if (code === 'NOAUTH' || code === 'WRONGPASS')
    return isFromSentinel ? 'sentinel-credentials' : 'credentials';
  if (code === unknownMaster) return 'sentinel-name';
  if (code === 'READONLY') return 'replica';
  if (code === notACluster) return 'not-a-cluster';
  return isUntrustedCertificate(code) ? 'certificate' : 'unreachable';
}

/** What an error of ioredis says: a code of Redis, of the system or of node:tls, and words for people. */
interface ErrorReading {
  readonly code: string | undefined;
  readonly text: string;
  readonly isFromSentinel: boolean;
}

/** Codes of our own for what has none. */
const unknownMaster = 'UNKNOWN_MASTER';
const notACluster = 'NOT_A_CLUSTER';

/**
 * The only function that reads a message to find out what is wrong. It has to: a reply of Redis is nothing but a line
 * whose first word is its code, Redis before 7 wraps the reply to a command of a script into a line of its own, and
 * ioredis reports on Sentinels by texts alone.
 */
function readError(error: unknown): ErrorReading {
  if (!(error instanceof Error)) return { code: undefined, text: String(error), isFromSentinel: false };
  // A cluster says that all nodes failed; what the last of them said is more to the point.
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return readError(error.lastNodeError);
  const systemCode = errorCode(error);
  // A pause that grows would make the same trouble look new each time.
  const message = error.message.replace(/Retrying from scratch after \d+ms\. ?/, '').replace(/\.?\s*$/, '');
  if (error instanceof ReplyError) {
    const script = /^ERR Error running script .*?-([A-Z]+) /.exec(message)?.[1];
    const first = /^[A-Z]+(?= |$)/.exec(message)?.[0];
    const own = message.includes('cluster support disabled') ? notACluster : undefined;
    // Before Redis 6 a wrong password is a reply of its own.
    const password = /invalid password/.test(message) ? 'WRONGPASS' : undefined;
    return { code: own ?? password ?? script ?? first, text: message, isFromSentinel: false };
  }
  if (systemCode === undefined && /sentinel/i.test(message)) {
    const isUnknown = /invalid reply: null|No such master/.test(message);
    const code = isUnknown ? unknownMaster : /NOPERM|NOAUTH|WRONGPASS/.exec(message)?.[0];
    return { code, text: message, isFromSentinel: true };
  }
  return { code: systemCode, text: textOf(error, message), isFromSentinel: false };
}

function textOf(error: Error, message: string): string {
  const code = errorCode(error);
  if (codeWords(code) !== undefined || message === '') return systemErrorText(error);
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

/** Which Redis, without credentials. */
function serverText(config: RedisConfig): string {
  const { url, sentinels, sentinelName } = config;
  const list = (servers: readonly { host: string; port: number }[]) =>
    servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (sentinels) return `The Redis master ${sentinelName} of the Sentinels ${list(sentinels)}`;
  if (config.cluster) return `The Redis Cluster at ${list(seedNodes(config))}`;
  return `Redis at ${url.protocol}//${url.host}${url.pathname}`;
}

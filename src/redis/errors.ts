import { ReplyError } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { codeWords, errorCode, systemErrorText } from '../domain/system-error.ts';
import { seedNodes } from './options.ts';
import { advices, isRefusalCode, kindOf, ownCodes } from './troubles.ts';

/**
 * Redis is not available, refuses, or is not fit for the queues. The advice stays the same while the trouble does, however
 * it shows: the log reports each trouble once by it.
 */
export class RedisError extends OperatorError {
  override readonly name = 'RedisError';
  /** The code of the reply by which Redis refused, such as `OOM`; undefined when it gave none. */
  readonly refusal: string | undefined;

  /**
   * @param problem what is wrong, and with which Redis: whole sentences, without credentials
   * @param advice what to do now: whole sentences
   */
  constructor(
    problem: string,
    advice: string,
    { refusal, ...options }: { readonly cause?: unknown; readonly refusal?: string | undefined } = {},
  ) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
    this.refusal = refusal;
  }
}

/** What is wrong with the connection to Redis, for people; credentials left out. */
export function redisError(config: RedisConfig, error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  const { code, text, from } = readError(error);
  const kind = kindOf(code, from);
  const refusal =
    from === 'reply' || (from === 'connection' && isRefusalCode(code)) ? (code ?? 'ERR') : undefined;
  return new RedisError(
    `${serverText(config)} ${refusal === undefined ? 'is not available' : 'refuses commands'}: ${text}.`,
    kind === 'unreachable' && config.sentinels ? sentinelsAdvice : advices[kind],
    { refusal },
  );
}

/** A command that Redis refused. */
export interface RefusedCommand {
  /** Its name in capitals, such as `XTRIM` or `CLIENT LIST`. */
  readonly command: string;
  /** The code of the reply: `NOPERM` when its user lacks the right. */
  readonly code: string;
  /** The reply, for people. */
  readonly reply: string;
}

/** What a Redis refuses of all that the program needs, for people; undefined when it refuses nothing. */
export function refusedError(
  config: RedisConfig,
  refused: readonly RefusedCommand[],
): RedisError | undefined {
  const [first] = refused;
  if (!first) return undefined;
  // A state of Redis refuses many; which command lacks a right, or is not there, has to be said.
  const isAbout = ['rights', 'command'].includes(kindOf(first.code, 'reply'));
  const names = isAbout ? refused.map(({ command }) => command).join(', ') : 'commands';
  return new RedisError(
    `${serverText(config)} refuses ${names}: ${first.reply.replace(/\.?\s*$/, '')}.`,
    advices[kindOf(first.code, 'reply')],
    { refusal: first.code },
  );
}

/** What to do about a command that Redis refused with this code. */
export function refusalAdvice(code: string): string {
  return advices[kindOf(code, 'reply')];
}

/**
 * The code of what Redis replied, such as `NOPERM` or `READONLY`; undefined for any error that is not a reply of Redis.
 */
export function redisErrorCode(error: unknown): string | undefined {
  return error instanceof ReplyError ? readError(error).code : undefined;
}

/** Whether Redis replied, and said no to what is right: by its state, by rights, by its settings. */
export function isRefusal(error: unknown): boolean {
  return isRefusalCode(redisErrorCode(error));
}

const sentinelsAdvice = 'Start it, or set REDIS_SENTINELS to the addresses of the Sentinels.';

/** What an error of ioredis says: a code of Redis, of the system or of node:tls, and words for people. */
interface ErrorReading {
  readonly code: string | undefined;
  readonly text: string;
  readonly from: 'reply' | 'sentinel' | 'connection';
}

/**
 * The only function that reads a message to find out what is wrong. It has to: a reply of Redis is nothing but a line
 * whose first word is its code, Redis before 7 wraps the reply to a command of a script into a line of its own, and
 * ioredis reports on Sentinels by texts alone.
 */
function readError(error: unknown): ErrorReading {
  if (!(error instanceof Error)) return { code: undefined, text: String(error), from: 'connection' };
  // A cluster says that all nodes failed; what the last of them said is more to the point.
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return readError(error.lastNodeError);
  const systemCode = errorCode(error);
  // A pause that grows would make the same trouble look new each time.
  const message = error.message.replace(/Retrying from scratch after \d+ms\. ?/, '').replace(/\.?\s*$/, '');
  if (error instanceof ReplyError) {
    const script = /^ERR Error running script .*?-([A-Z]+) /.exec(message)?.[1];
    const first = /^[A-Z]+(?= |$)/.exec(message)?.[0];
    return { code: codeOfText(message) ?? script ?? first, text: message, from: 'reply' };
  }
  if (systemCode === undefined && /sentinel/i.test(message)) {
    const isUnknown = /invalid reply: null|No such master/.test(message);
    const code = isUnknown ? ownCodes.unknownMaster : /NOPERM|NOAUTH|WRONGPASS/.exec(message)?.[0];
    return { code, text: message, from: 'sentinel' };
  }
  return { code: systemCode, text: textOf(error, message), from: 'connection' };
}

/** The code of a reply that has none, or only `ERR`. */
function codeOfText(message: string): string | undefined {
  if (message.includes('cluster support disabled')) return ownCodes.notACluster;
  // Before Redis 6 a wrong password is a reply of its own.
  if (/invalid password/.test(message)) return 'WRONGPASS';
  if (/max(imum)? number of clients|max clients/i.test(message)) return ownCodes.maxClients;
  if (/DB index|invalid DB/i.test(message)) return ownCodes.database;
  if (/unknown (sub)?command|unknown Redis command/i.test(message)) return ownCodes.command;
  return /^EXECABORT .*because of: ([A-Z]+) /.exec(message)?.[1];
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

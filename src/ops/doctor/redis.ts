import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { size } from '../../domain/quantities.ts';
import { refusalAdvice } from '../../redis/errors.ts';
import type { RedisInfo } from '../../redis/info.ts';
import { lookAtRedis, type RedisLook } from '../../redis/inspect.ts';
import { type Line, linesOf } from './check.ts';
import { clockLine } from './clock.ts';

const { ok, warn, fail, failed, notChecked } = linesOf('redis');

/** Both clocks make times of schedules and locks. */
export const redisClock = { warnMs: 2_000, failMs: 30_000 };

/**
 * Checks Redis; `isUsable` tells whether the queues can be checked.
 *
 * @param keyName a name for its own keys that nobody else uses
 */
export async function checkRedisHealth(
  config: Config,
  keyName: string,
  now: () => DateTime,
): Promise<{ readonly lines: readonly Line[]; readonly isUsable: boolean }> {
  let look: RedisLook;
  try {
    look = await lookAtRedis(config.redis, config.prefix, keyName);
  } catch (error) {
    return {
      lines: [
        failed('reachable', error, 'Check Redis and REDIS_URL.'),
        notChecked('rest', 'Redis comes first'),
      ],
      isUsable: false,
    };
  }
  const { errors, warnings } = look.fitness;
  const lines = [
    ok('reachable', factsOf(look.info)),
    ...errors.map(({ problem, advice }) => fail('fitness', problem, advice)),
    ...warnings.map(({ problem, advice }) => warn('fitness', problem, advice)),
    ...(errors.length + warnings.length > 0 ? [] : [ok('fitness', 'version, policy, persistence, memory')]),
    clockLine('redis', look.timeMs, now().toMillis(), redisClock),
    ...rightsLines(look),
  ];
  return { lines, isUsable: errors.length + look.refused.length === 0 };
}

function factsOf(info: RedisInfo): string {
  const { version, maxmemoryPolicy, hasAppendOnlyFile, role, usedBytes, maxBytes } = info;
  const shown = (value: string | undefined) => value ?? 'unknown';
  const limit = maxBytes > 0 ? `of ${size(maxBytes)}` : 'without a limit';
  const persistence =
    hasAppendOnlyFile === undefined
      ? 'unknown'
      : hasAppendOnlyFile
        ? 'append-only file'
        : 'no append-only file';
  return `version ${shown(version)}, role ${shown(role)}, policy ${shown(maxmemoryPolicy)}, ${persistence}, memory ${size(usedBytes)} ${limit}`;
}

function rightsLines({ refused, fitness }: RedisLook): Line[] {
  if (refused.length === 0) return [ok('rights', 'all commands of the queues are allowed')];
  const codes = new Set(refused.map(({ code }) => code));
  return [...codes].map((code) => {
    const alike = refused.filter((one) => one.code === code);
    const names = alike.map(({ command }) => command).join(', ');
    const advice =
      code === 'READONLY' && fitness.errors.length > 0
        ? 'Correct the problems above first.'
        : refusalAdvice(code);
    return fail('rights', `refused: ${names} (${alike[0]?.reply})`, advice);
  });
}

import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import type { RedisInfo } from '../../redis/info.ts';
import { lookAtRedis, type RedisLook } from '../../redis/inspect.ts';
import { type Line, linesOf } from './check.ts';

const { ok, warn, fail, notChecked } = linesOf('redis');

const warnApartMs = 2_000;
const failApartMs = 30_000;

/** Looks at Redis; `reached` tells whether the queues can be looked at. */
export async function checkRedisHealth(
  config: Config,
  probe: string,
  now: () => DateTime,
): Promise<{ readonly lines: readonly Line[]; readonly reached: boolean }> {
  let look: RedisLook;
  try {
    look = await lookAtRedis(config.redis, config.prefix, probe);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return {
      lines: [fail('reachable', error.problem, error.advice), notChecked('rest', 'Redis comes first')],
      reached: false,
    };
  }
  const { errors, warnings } = look.fitness;
  const lines = [
    ok('reachable', factsOf(look.info)),
    ...errors.map(({ problem, advice }) => fail('fitness', problem, advice)),
    ...warnings.map(({ problem, advice }) => warn('fitness', problem, advice)),
    ...(errors.length + warnings.length > 0 ? [] : [ok('fitness', 'version, policy, persistence, memory')]),
    clockLine(look.timeMs, now().toMillis()),
    ...rightsLines(look),
  ];
  return { lines, reached: errors.length + look.refused.length === 0 };
}

function factsOf(info: RedisInfo): string {
  const { version, maxmemoryPolicy, hasAppendOnlyFile, role, usedBytes, maxBytes } = info;
  const tell = (value: string | undefined) => value ?? 'untold';
  const limit = maxBytes > 0 ? `of ${maxBytes} bytes` : 'bytes, no limit';
  const persistence =
    hasAppendOnlyFile === undefined
      ? 'untold'
      : hasAppendOnlyFile
        ? 'append-only file'
        : 'no append-only file';
  return `version ${tell(version)}, role ${tell(role)}, policy ${tell(maxmemoryPolicy)}, ${persistence}, memory ${usedBytes} ${limit}`;
}

/** How far apart our clock and that of Redis are: times of schedules and locks are made by both. */
export function clockLine(theirsMs: number, oursMs: number): Line {
  const apartMs = Math.abs(theirsMs - oursMs);
  const found = `${(apartMs / 1000).toFixed(1)} s apart from ours`;
  const remedy = 'set both clocks by the same NTP server';
  if (apartMs > failApartMs) return fail('clock', found, remedy);
  return apartMs > warnApartMs ? warn('clock', found, remedy) : ok('clock', found);
}

function rightsLines({ refused, fitness }: RedisLook): Line[] {
  if (refused.length === 0) return [ok('rights', 'all commands of the queues are allowed')];
  return refused.map(({ command, code, reply }) =>
    fail(
      'rights',
      `${command} was refused (${reply})`,
      code === 'NOPERM'
        ? 'give its user the rights that the configuration page names at REDIS_URL'
        : fitness.errors.length > 0
          ? 'put right what is said above'
          : 'look at the log of Redis; a full memory or a disk that cannot be written stops all writes',
    ),
  );
}

import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
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
    const message = error instanceof Error ? error.message : String(error);
    const advice = error instanceof Error && 'advice' in error ? String(error.advice) : message;
    const found = message.replace(`: ${advice}.`, '');
    return {
      lines: [fail('reachable', found, advice), notChecked('rest', 'Redis comes first')],
      reached: false,
    };
  }
  const { refusals, warnings } = look.fitness;
  const lines = [
    ok('reachable', factsOf(look)),
    ...refusals.map((message) => advised(fail, 'fitness', message)),
    ...warnings.map((message) => advised(warn, 'fitness', message)),
    ...(refusals.length + warnings.length > 0 ? [] : [ok('fitness', 'version, policy, persistence, memory')]),
    clockLine(look.timeMs, now().toMillis()),
    ...rightsLines(look),
  ];
  return { lines, reached: refusals.length + look.refused.length === 0 };
}

function factsOf({ version, policy, appendOnly, role, usedBytes, maxBytes }: RedisLook): string {
  const tell = (value: string | undefined) => value ?? 'untold';
  const limit = maxBytes > 0 ? `of ${maxBytes} bytes` : 'bytes, no limit';
  const persistence =
    appendOnly === undefined ? 'untold' : appendOnly ? 'append-only file' : 'no append-only file';
  return `version ${tell(version)}, role ${tell(role)}, policy ${tell(policy)}, ${persistence}, memory ${usedBytes} ${limit}`;
}

/** The messages of the fitness end with what to do, behind a semicolon. */
function advised(make: typeof warn, check: string, message: string): Line {
  const at = message.lastIndexOf('; ');
  return make(check, message.slice(0, at), message.slice(at + 2).replace(/\.$/, ''));
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
  return refused.map(({ command, said }) =>
    fail(
      'rights',
      `${command} was refused (${said})`,
      /NOPERM/.test(said)
        ? 'give its user the rights that the configuration page names at REDIS_URL'
        : fitness.refusals.length > 0
          ? 'put right what is said above'
          : 'look at the log of Redis; a full memory or a disk that cannot be written stops all writes',
    ),
  );
}

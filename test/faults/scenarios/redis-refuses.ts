import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Random } from '../../../simulators/people/random.ts';
import type { Caretaker } from '../../support/caretaker.ts';
import { opsAnywhere, opsOf, sum } from '../../support/ops.ts';
import { type RefusalCase, refusalCases, slowToLoad } from '../../support/refusals.ts';
import { claim, claimSums, type Figures } from '../claims.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';

export interface RefusesSize {
  readonly cases: readonly (keyof typeof refusalCases)[];
  /** How long the worker is left alone with the refusal, idle. */
  readonly idleMs: number;
  readonly users: number;
}

const settings = { CARETAKER_DRAIN_TIMEOUT: 'PT5S', CARETAKER_MODE: 'enforce', ...opsAnywhere };
/** The time to drain, and what a process needs to end. */
const endsWithinMs = 6_000;
const recoversWithinMs = 10_000;
/** Ticks of the clock in which the system counts processor time, per second. */
const ticks = 100;
const mostCpu = 0.05;
const mostRefusedPerSecond = 10;

/** Redis answers, and says no, one way after the other, to a worker that has nothing to do; then it is told to stop. */
export function redisRefuses(_: Random, { cases, idleMs, users }: RefusesSize): Promise<Figures> {
  return withFaultRig(
    { users, frozen: true, environment: settings, redisSettings: slowToLoad },
    async (rig) => {
      const figures: Record<string, string> = {};
      for (const name of cases) figures[name] = await refuse(rig, refusalCases[name], idleMs);
      return figures;
    },
  );
}

async function refuse(
  rig: FaultRig,
  { code, advice, begin, end }: RefusalCase,
  idleMs: number,
): Promise<string> {
  const { redis, client } = rig;
  const worker = rig.start(['worker']);
  await worker.says('worker ready');
  const ask = await opsOf(worker);
  await begin(redis, client);
  await until(`the worker tells of ${code}`, () => told(worker, code).length > 0, recoversWithinMs);
  const [refusedBefore, cpuBefore] = [await refusals(client, code), await cpuSeconds(worker)];
  await delay(idleMs);
  const cpu = ((await cpuSeconds(worker)) - cpuBefore) / (idleMs / 1000);
  const perSecond = ((await refusals(client, code)) - refusedBefore) / (idleMs / 1000);
  claim(cpu < mostCpu, `${code}: an idle worker used ${(100 * cpu).toFixed(1)} % of a core`);
  claim(perSecond < mostRefusedPerSecond, `${code}: ${perSecond.toFixed(1)} commands a second were refused`);
  claim(told(worker, code).length === 1, `${code} was told ${told(worker, code).length} times`);
  claim(told(worker, code)[0]?.includes(advice) ?? false, `${code} was told as ${told(worker, code)[0]}`);
  // Only a Redis that was restarted was silent before.
  const wasSilent = worker.output().includes('redis does not answer');
  claim(code === 'LOADING' || !wasSilent, `${code} was told as silence`);
  claim((await ask('/livez')).status === 200, `${code}: the worker is not live`);
  claim((await ask('/readyz')).status === 503, `${code}: the worker says that it is ready`);
  const counted = sum((await ask('/metrics')).text, 'caretaker_redis_refusals_total') ?? 0;
  claim(counted > 0, `${code}: no metric counts it`);

  await end(redis, client);
  const since = performance.now();
  await until(`the worker is well after ${code}`, () => isOver(worker), recoversWithinMs);
  const recovery = performance.now() - since;
  claim((await ask('/readyz')).status === 200, `${code}: the worker is not ready after it`);
  claimSums(await rig.ended(await rig.trigger('purge-windows')), rig.simulators.people.users);

  await begin(redis, client);
  await until(`the worker tells of ${code} again`, () => told(worker, code).length > 1, recoversWithinMs);
  const stopped = performance.now();
  const ended = worker.kill('SIGTERM');
  await Promise.race([
    ended,
    delay(endsWithinMs).then(() => claim(false, `${code}: the worker did not end within ${endsWithinMs} ms`)),
  ]);
  const ending = performance.now() - stopped;
  await end(redis, client);
  return [
    `cpu ${(100 * cpu).toFixed(1)} %`,
    `refused ${perSecond.toFixed(1)}/s`,
    `back after ${(recovery / 1000).toFixed(1)} s`,
    `SIGTERM ${(ending / 1000).toFixed(1)} s`,
  ].join(' · ');
}

function told(worker: Caretaker, code: string): string[] {
  return worker
    .output()
    .split('\n')
    .filter((line) => line.includes('"redis refuses"') && line.includes(`"code":"${code}"`));
}

function isOver(worker: Caretaker): boolean {
  return worker.output().includes('redis accepts everything again');
}

/** How many replies with this code Redis gave. */
async function refusals(client: Redis, code: string): Promise<number> {
  const stats = await client.info('errorstats').catch(() => '');
  return Number(new RegExp(`^errorstat_${code}:count=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
}

/** The processor time of a process so far, user and system. */
async function cpuSeconds({ process }: Caretaker): Promise<number> {
  const stat = await readFile(`/proc/${process.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

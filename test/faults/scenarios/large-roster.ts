import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../simulators/people/random.ts';
import { rosterCsv } from '../../../simulators/people/roster.ts';
import { readMemory } from '../../../src/redis/memory.ts';
import type { Report } from '../../../src/runs/report.ts';
import { claim, claimPlaces, type Figures } from '../claims.ts';
import { type FaultRig, withFaultRig } from '../fault-rig.ts';

export interface LargeSize {
  readonly users: number;
  /** A small roster to compare with. */
  readonly fewUsers: number;
  /** How many requests the vendor gets in enforce before the run is interrupted. */
  readonly requests: number;
}

/** As on a CPU of another kind than that of whoever built the image: nothing is compiled yet. */
const asDeployed = { NODE_DISABLE_COMPILE_CACHE: '1' };
const mostBytesPerUser = 100;
const mostGrowth = 1.3;
const lookEveryMs = 50;

/** A roster so large that nothing may be held whole: memory of the process in observe, of Redis in enforce. */
export function largeRoster(_random: Random, { users, fewUsers, requests }: LargeSize): Promise<Figures> {
  return withFaultRig({ users, frozen: true }, async (rig) => {
    const few = join(rig.folder, 'few.csv');
    await writeFile(few, rosterCsv(rig.simulators.people, fewUsers));
    const small = await observe(rig, fewUsers, { ...asDeployed, CARETAKER_ROSTER: few });
    const large = await observe(rig, users, asDeployed);
    const growth = large.peakKb / small.peakKb;

    const before = await usedBytes(rig);
    const enforced = await enforceFor(rig, requests);
    claimPlaces(enforced.report, users);
    const perUser = (enforced.peakBytes - before) / users;
    const leftKeys = await rig.client.keys('*caretaker-pointsharp:*.apply.*');
    const figures = {
      users,
      [`peak MB with ${fewUsers}`]: Math.round(small.peakKb / 1024),
      [`peak MB with ${users}`]: Math.round(large.peakKb / 1024),
      growth: growth.toFixed(2),
      'observe s': large.seconds.toFixed(1),
      'fan-out peak MB': Math.round(enforced.peakKb / 1024),
      'Redis bytes per user': perUser.toFixed(1),
      'requests done': enforced.report.requests.pointsharp ?? 0,
      'run s': enforced.seconds.toFixed(1),
    };
    const told = JSON.stringify(figures);
    claim(growth <= mostGrowth, `memory grew by ${growth.toFixed(2)} with the roster: ${told}`);
    claim(perUser <= mostBytesPerUser, `Redis held ${perUser.toFixed(1)} bytes per user: ${told}`);
    claim(leftKeys.length === 0, `${leftKeys.length} batches were left in Redis: ${told}`);
    return figures;
  });
}

async function observe(rig: FaultRig, users: number, extra: Readonly<Record<string, string>>) {
  const begun = performance.now();
  const child = rig.start(['run', 'purge-windows', '--json', '--mode', 'observe'], extra);
  const peakKb = await peakMemory(child.process.pid, child.ended);
  const answer = await child.ended;
  claim(answer.code === 0, `the run over ${users} users ended ${answer.code}: ${answer.errors}`);
  claimPlaces(answer.json<Report>(), users);
  return { peakKb, seconds: (performance.now() - begun) / 1000 };
}

/** Begins to write, watches Redis while everything is put into batches, and interrupts the run a while after. */
async function enforceFor(rig: FaultRig, requests: number) {
  const { traffic } = rig.simulators.pointsharp;
  const begun = performance.now();
  const child = rig.start(['run', 'purge-windows', '--json'], {
    ...asDeployed,
    CARETAKER_MODE: 'enforce',
    PURGE_WINDOWS_MAX_ACTIONS: '10000000',
    POINTSHARP_REQUESTS_IN_FLIGHT: '16',
  });
  const peakKb = peakMemory(child.process.pid, child.ended);
  let over = false;
  const ended = child.ended.finally(() => {
    over = true;
  });
  let peakBytes = 0;
  while (!over) {
    peakBytes = Math.max(peakBytes, await usedBytes(rig));
    // The signal is for the run: it ends with a report of what was not reached.
    if (!child.process.killed && traffic.facts().requests >= requests) child.process.kill('SIGINT');
    await delay(lookEveryMs);
  }
  const answer = await ended;
  claim(answer.output !== '', `the run ended ${answer.code} without a report: ${answer.errors}`);
  return {
    peakBytes,
    peakKb: await peakKb,
    report: answer.json<Report>(),
    seconds: (performance.now() - begun) / 1000,
  };
}

/** The most memory that a process has had resident, in KB, as Linux counts it. */
async function peakMemory(pid: number | undefined, ended: Promise<unknown>): Promise<number> {
  let over = false;
  const watched = ended.finally(() => {
    over = true;
  });
  let peak = 0;
  while (!over) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0));
    await delay(lookEveryMs);
  }
  await watched;
  claim(peak > 0, 'the memory of the process could not be read (it needs /proc)');
  return peak;
}

async function usedBytes({ client }: FaultRig): Promise<number> {
  return (await readMemory(client)).usedBytes;
}

import { countWindows } from '../../../simulators/control/facts.ts';
import { between, next, type Random } from '../../../simulators/people/random.ts';
import type { Caretaker } from '../../support/caretaker.ts';
import { claim, claimSums, claimWrites, type Figures, purges, refreshes, writesOf } from '../claims.ts';
import { dueDevices, notRefreshed } from '../due.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';

export interface RandomKillsSize {
  readonly users: number;
  readonly kills: number;
  /** Of Redis, by SIGKILL; it keeps an append-only file. */
  readonly restarts: number;
  /** Which part of the vendor's answers goes wrong, over all kinds. */
  readonly faultShare: number;
  /** How often the vendor asks for patience or falls silent, at most: each time costs a second. */
  readonly pauses?: number;
}

const batchSize = 100;
/** `shareOut(8)` in src/queue/vendors/concurrency.ts: 8 batches at once, one request each. */
const batchesInFlight = 8;
const settings = {
  PURGE_WINDOWS_BATCH_SIZE: String(batchSize),
  REFRESH_TIMED_DEVICES_BATCH_SIZE: String(batchSize),
  POINTSHARP_REQUEST_TIMEOUT: 'PT1S',
};
/** Kinds after which the client cannot know whether the write went through; 429 says that it did not. */
const doubtful = ['status', 'reset', 'reset-mid-body', 'garbage', 'silence'] as const;
const writes = [...purges, ...refreshes];

/** Workers and Redis are killed while two runs work against a vendor that fails now and then. */
export function randomKills(random: Random, size: RandomKillsSize): Promise<Figures> {
  const { users } = size;
  // The vendor's clock stands still: a window that runs out between two purges would be nobody's fault.
  return withFaultRig({ users, frozen: true, appendOnly: true, environment: settings }, async (rig) => {
    const { simulators } = rig;
    const due = dueDevices(simulators, simulators.clock.now());
    addFaults(rig, size);
    const workers = await Promise.all([
      rig.worker(),
      rig.worker(),
      ...(next(random) < 0.5 ? [rig.worker()] : []),
    ]);
    const ids = await Promise.all([rig.trigger('purge-windows'), rig.trigger('refresh-timed-devices')]);
    await strike(rig, random, size, workers, 3 * users + due.length);
    const [purge, refresh] = await Promise.all(ids.map((id) => rig.ended(id)));
    if (!purge || !refresh) throw new Error('a report is missing');

    claimSums(purge, users);
    claimSums(refresh, users);
    claim(
      purge.actions.planned === 2 * users,
      `${purge.actions.planned} purges were planned for ${users} users`,
    );
    claimWrites(purge, writesOf(simulators, ...purges));
    claimWrites(refresh, writesOf(simulators, ...refreshes));
    const windows = countWindows(simulators.pointsharp.world).roster;
    const left = windows.expired + windows.waiting;
    claim(
      purge.actions.failed > 0 || left === 0,
      `${left} windows are left, but the report names no failure`,
    );
    const missed = notRefreshed(simulators, due);
    const named = refresh.actions.failed + refresh.users.failed * 6;
    claim(missed <= named, `${missed} due devices were not refreshed, at most ${named} of them are named`);
    const { perUser, faulted, violations } = simulators.pointsharp.traffic.facts();
    claim(perUser.min >= 3, `somebody was asked ${perUser.min} times, not 3 (a read and two purges)`);
    claim(violations.total === 0, `the vendor objected: ${violations.first.join('; ')}`);

    const repeated = purge.repeated + refresh.repeated;
    const doubts = doubtfulWrites(rig);
    const ends = size.kills + size.restarts;
    claim(
      repeated <= ends * batchSize * batchesInFlight + doubts,
      `${repeated} writes were repeated after ${ends} kills and ${doubts} doubtful answers to writes`,
    );
    const seconds = Math.max(...[purge, refresh].map(({ run }) => Date.parse(run.finishedAt ?? '')));
    return {
      users,
      workers: workers.length,
      kills: size.kills,
      restarts: size.restarts,
      faults: Object.values(faulted).reduce((sum, count) => sum + count, 0),
      applied: purge.actions.applied + refresh.actions.applied,
      written: writesOf(simulators, ...writes),
      skipped: purge.actions.skipped + refresh.actions.skipped,
      failed: purge.actions.failed + refresh.actions.failed + refresh.users.failed,
      repeated,
      'after doubtful answers': doubts,
      'per kill': Math.round(Math.max(0, repeated - doubts) / ends),
      due: due.length,
      seconds: Math.round((seconds - Date.parse(purge.run.startedAt ?? '')) / 1000),
    };
  });
}

/** One fault of each kind for each operation, so that those on writes can be told from those on reads. */
function addFaults({ simulators }: FaultRig, { faultShare, pauses }: RandomKillsSize): void {
  const { faults } = simulators.pointsharp;
  // So slow that a kill finds something under way.
  faults.latencyMs = 5;
  const share = faultShare / 7;
  const few = pauses === undefined ? {} : { count: pauses };
  for (const operation of ['GET Device', ...writes]) {
    const fault = { operation, share };
    faults.add({ ...fault, kind: 'status', status: 429, headers: { 'Retry-After': '1' }, ...few });
    faults.add({ ...fault, kind: 'silence', ...few });
    for (const kind of ['status', 'reset', 'reset-mid-body', 'garbage'] as const)
      faults.add({ ...fault, kind });
    faults.add({ ...fault, kind: 'delay', delayMs: 300 });
  }
}

function doubtfulWrites({ simulators }: FaultRig): number {
  return simulators.pointsharp.faults
    .list()
    .filter(({ kind, status, operation }) => {
      return (
        writes.some((one) => one === operation) && doubtful.some((one) => one === kind) && status !== 429
      );
    })
    .reduce((sum, { fired }) => sum + fired, 0);
}

/** Kills at moments that are drawn as parts of the whole work, so that they fall into the run on any machine. */
async function strike(
  rig: FaultRig,
  random: Random,
  { kills, restarts }: RandomKillsSize,
  workers: Caretaker[],
  work: number,
): Promise<void> {
  const { traffic } = rig.simulators.pointsharp;
  const strikes = Array.from({ length: kills + restarts }, (_, index) => ({
    at: Math.floor(work * (0.02 + 0.9 * next(random))),
    target: index < kills ? between(random, 0, workers.length - 1) : 'redis',
    pauseMs: between(random, 0, 300),
  }));
  strikes.sort((one, other) => one.at - other.at);
  for (const { at, target, pauseMs } of strikes) {
    await until(`the vendor got ${at} requests`, () => traffic.facts().requests >= at);
    if (target === 'redis') {
      await rig.redis.restart();
      continue;
    }
    const worker = workers[Number(target)];
    await worker?.kill('SIGKILL');
    await pauseFor(pauseMs);
    workers[Number(target)] = await rig.worker();
  }
}

/** For how long nobody takes the place of the killed one is a part of the scenario, and nothing is waited for. */
function pauseFor(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  return promise;
}

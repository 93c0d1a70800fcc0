import { setTimeout as delay } from 'node:timers/promises';
import { next, type Random } from '../../../simulators/people/random.ts';
import { claim, claimSums, claimWrites, type Figures, refreshes, writesOf } from '../claims.ts';
import { dueDevices, notRefreshed } from '../due.ts';
import { type FaultRig, withFaultRig } from '../fault-rig.ts';

export interface KillsInEveryPhaseSize {
  readonly users: number;
  readonly batchSize: number;
  /** Where the worker is killed: a phase, before or after its batches were all added. */
  readonly places: readonly string[];
  /** How long after it is seen there, at most. */
  readonly afterMs: number;
}

/** `shareOut(8)` in src/queue/vendors/concurrency.ts: 8 batches at once, one request each. */
const batchesInFlight = 8;

/** The only worker is killed once at each place of a refresh, which orders its plan on the disk if it is large. */
export function killsInEveryPhase(random: Random, size: KillsInEveryPhaseSize): Promise<Figures> {
  const { users, batchSize, places, afterMs } = size;
  const environment = {
    REFRESH_TIMED_DEVICES_BATCH_SIZE: String(batchSize),
    REFRESH_TIMED_DEVICES_MAX_ACTIONS: String(10 * users),
    REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
  };
  return withFaultRig({ users, frozen: true, environment }, async (rig) => {
    const due = dueDevices(rig.simulators, rig.simulators.clock.now());
    const id = await rig.trigger('refresh-timed-devices');
    const left = new Set(places);
    const killed: string[] = [];
    let worker = await rig.worker();
    while ((await rig.field(id, 'finishedOn')) === null) {
      const place = await placeOf(rig, id);
      if (left.delete(place)) {
        await delay(afterMs * next(random));
        killed.push(`${place} (${await placeOf(rig, id)})`);
        await worker.kill('SIGKILL');
        worker = await rig.worker();
      }
      await delay(1);
    }
    const report = await rig.ended(id);
    claimSums(report, users);
    claimWrites(report, writesOf(rig.simulators, ...refreshes));
    const missed = notRefreshed(rig.simulators, due);
    claim(missed === 0, `${missed} due devices were not refreshed`);
    claim(
      report.actions.planned >= due.length,
      `${report.actions.planned} of ${due.length} due devices were planned`,
    );
    const most = killed.length * batchSize * batchesInFlight;
    claim(report.repeated <= most, `${report.repeated} writes were repeated, more than ${most}`);
    return {
      users,
      killed: killed.join(', '),
      'not seen': [...left].join(', ') || 'none',
      planned: report.actions.planned,
      applied: report.actions.applied,
      written: writesOf(rig.simulators, ...refreshes),
      repeated: report.repeated,
    };
  });
}

/** Such as `apply`, and `apply added` once all batches of that phase are on the queue. */
async function placeOf(rig: FaultRig, id: string): Promise<string> {
  const state = await rig.state(id);
  return state ? `${state.phase}${state.fannedOut ? ' added' : ''}` : 'beginning';
}

import { setTimeout as delay } from 'node:timers/promises';
import { next, type Random } from '../../../simulators/people/random.ts';
import { claim, claimSums, claimWrites, type Figures, purges, writesOf } from '../claims.ts';
import { until, withFaultRig } from '../fault-rig.ts';

export interface DownSize {
  readonly users: number;
  readonly downMs: number;
}

/** While the vendor is down, fewer requests than this may be lost on it. */
const wastedBelow = 20;

/** The vendor breaks every connection for a while, in the middle of a run of three workers with the default pauses. */
export function vendorDown(random: Random, { users, downMs }: DownSize): Promise<Figures> {
  const environment = { CARETAKER_RETRY_DELAY: 'PT2S', PURGE_WINDOWS_BATCH_SIZE: '25' };
  return withFaultRig({ users, frozen: true, environment }, async (rig) => {
    const { traffic, faults } = rig.simulators.pointsharp;
    faults.latencyMs = 10;
    await Promise.all([rig.worker(), rig.worker(), rig.worker()]);
    const id = await rig.trigger('purge-windows');
    const at = Math.floor(2 * users * (0.1 + 0.7 * next(random)));
    await until(`the vendor got ${at} requests`, () => traffic.facts().requests >= at);
    const down = faults.add({ kind: 'reset' });
    await delay(downMs);
    const before = writesOf(rig.simulators, ...purges);
    faults.remove(down);
    const backAt = performance.now();
    await until('the vendor is asked again', () => writesOf(rig.simulators, ...purges) > before);
    const noticed = performance.now() - backAt;
    const report = await rig.ended(id);
    claimSums(report, users);
    claimWrites(report, writesOf(rig.simulators, ...purges));
    claim(report.actions.failed === 0, `${report.actions.failed} actions failed; nobody was at fault`);
    const wasted = traffic.facts().faulted.reset ?? 0;
    claim(wasted < wastedBelow, `${wasted} requests were wasted on a vendor that was down`);
    return {
      users,
      'down s': downMs / 1000,
      'at request': at,
      wasted,
      'noticed after s': (noticed / 1000).toFixed(1),
      applied: report.actions.applied,
      repeated: report.repeated,
    };
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import { next, type Random } from '../../../simulators/people/random.ts';
import { claim, claimSums, claimWrites, type Figures, purges, writesOf } from '../claims.ts';
import { until, withFaultRig } from '../fault-rig.ts';

export interface FrozenSize {
  readonly users: number;
  /** Longer than the lock, so that all work under way is lost to whoever asks first afterwards. */
  readonly frozenMs: number;
  readonly lock: string;
}

/** Redis stops answering in the middle of a run for longer than the locks last, and comes back as if nothing was. */
export function redisFrozen(random: Random, { users, frozenMs, lock }: FrozenSize): Promise<Figures> {
  const environment = { CARETAKER_LOCK_DURATION: lock, PURGE_WINDOWS_BATCH_SIZE: '50' };
  return withFaultRig({ users, frozen: true, environment }, async (rig) => {
    const { traffic, faults } = rig.simulators.pointsharp;
    faults.latencyMs = 5;
    await Promise.all([rig.worker(), rig.worker()]);
    const id = await rig.trigger('purge-windows');
    const at = Math.floor(2 * users * (0.1 + 0.7 * next(random)));
    await until(`the vendor got ${at} requests`, () => traffic.facts().requests >= at);
    await rig.redis.kill('SIGSTOP');
    await delay(frozenMs);
    const before = traffic.facts().requests;
    await rig.redis.kill('SIGCONT');
    const report = await rig.ended(id);

    claimSums(report, users);
    claimWrites(report, writesOf(rig.simulators, ...purges));
    claim(before < 2 * users, 'everything was done while Redis was frozen; nothing was tried');
    claim(traffic.facts().perUser.min >= 2, 'somebody was missed');
    return {
      users,
      'frozen s': frozenMs / 1000,
      lock,
      'at request': at,
      'while frozen': before - at,
      written: writesOf(rig.simulators, ...purges),
      applied: report.actions.applied,
      repeated: report.repeated,
      attempts: report.attempts,
    };
  });
}

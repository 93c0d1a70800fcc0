import { between, type Random } from '../../../simulators/people/random.ts';
import { claim, type Figures } from '../claims.ts';
import { until, withFaultRig } from '../fault-rig.ts';

export interface BudgetSize {
  /** Whole seconds that are counted. */
  readonly seconds: number;
  readonly perSecond: number;
  readonly workers: number;
  /** The least part of the budget that has to be used; 0 on a machine that may be busy with other tests. */
  readonly leastShare: number;
}

/** No second may have more than this times the budget. */
const tolerance = 1.1;

/** Several worker processes share one budget of requests per second: they use it up and do not exceed it. */
export function sharedBudget(random: Random, size: BudgetSize): Promise<Figures> {
  const { seconds, perSecond, leastShare } = size;
  // Two requests per user, and enough of them for the first and the last second, which are not whole.
  const users = Math.ceil((perSecond * (seconds + 4)) / 2);
  const environment = {
    POINTSHARP_REQUESTS_PER_SECOND: String(perSecond),
    PURGE_WINDOWS_BATCH_SIZE: '10',
    // A busy machine may let all that is under way arrive late; that few stay within the tolerance.
    POINTSHARP_REQUESTS_IN_FLIGHT: '4',
  };
  return withFaultRig({ users, environment }, async (rig) => {
    const { traffic, faults } = rig.simulators.pointsharp;
    faults.latencyMs = between(random, 0, 40);
    await Promise.all(Array.from({ length: size.workers }, () => rig.worker()));
    await rig.trigger('purge-windows');
    await until('the vendor got the first request', () => traffic.facts().requests > 0);
    const first = Math.floor(Date.now() / 1000) + 1;
    await until('all seconds are over', () => Date.now() / 1000 > first + seconds);
    const { arrivals, inFlightPeak } = traffic.facts();
    const counts = Array.from({ length: seconds }, (_, index) => arrivals[first + index] ?? 0);
    const most = Math.max(...counts);
    claim(
      most <= Math.floor(perSecond * tolerance),
      `in one second ${most} requests came, more than ${perSecond} and a tenth: ${counts.join(' ')}`,
    );
    const share = counts.reduce((sum, count) => sum + count, 0) / (perSecond * seconds);
    claim(
      share >= leastShare,
      `only ${share.toFixed(3)} of the budget was used, not ${leastShare}: ${counts.join(' ')}`,
    );
    return {
      workers: size.workers,
      'per second': perSecond,
      seconds,
      'share used': share.toFixed(3),
      least: Math.min(...counts),
      most,
      'in flight at most': inFlightPeak,
      'latency ms': faults.latencyMs,
    };
  });
}

import { Counter, type Registry } from 'prom-client';
import { vendors } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/index.ts';
import type { Observer } from '../../queue/observer.ts';
import { refusalCodes } from '../../redis/troubles.ts';

/** Counts what Redis refused and lost. */
export function addRedisCounters(registry: Registry): Pick<Observer, 'redisRefused' | 'lost'> {
  const refused = new Counter({
    name: 'caretaker_redis_refusals_total',
    help: 'Commands that Redis refused, by the code of its reply.',
    labelNames: ['code'],
    registers: [registry],
  });
  for (const code of refusalCodes) refused.inc({ code }, 0);
  const lost = new Counter({
    name: 'caretaker_redis_lost_total',
    help: 'Runs that this process worked on, and pauses that it obeyed, that are gone from Redis.',
    labelNames: ['kind', 'what'],
    registers: [registry],
  });
  for (const what of jobNames) lost.inc({ kind: 'run', what }, 0);
  for (const what of [...jobNames, ...vendors]) lost.inc({ kind: 'pause', what }, 0);
  return {
    redisRefused: (code) => refused.inc({ code }),
    lost: (kind, what) => lost.inc({ kind, what }),
  };
}

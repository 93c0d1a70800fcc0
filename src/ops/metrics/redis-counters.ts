import { Counter, type Registry } from 'prom-client';
import type { Observer } from '../../queue/observer.ts';
import { refusalCodes } from '../../redis/troubles.ts';

/** Counts what Redis refused. */
export function addRedisCounters(registry: Registry): Pick<Observer, 'redisRefused'> {
  const refused = new Counter({
    name: 'caretaker_redis_refusals_total',
    help: 'Commands that Redis refused, by the code of its reply.',
    labelNames: ['code'],
    registers: [registry],
  });
  for (const code of refusalCodes) refused.inc({ code }, 0);
  return { redisRefused: (code) => refused.inc({ code }) };
}

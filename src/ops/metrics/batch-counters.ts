import { Counter, type Registry } from 'prom-client';
import { vendors } from '../../domain/vendor.ts';
import { batchEnds, type Observer } from '../../queue/observer.ts';

/** Counts how attempts at batches ended. */
export function addBatchCounters(registry: Registry): Pick<Observer, 'batchEnded'> {
  const attempts = new Counter({
    name: 'caretaker_batch_attempts_total',
    help: 'Attempts at batches, by result.',
    labelNames: ['vendor', 'result'],
    registers: [registry],
  });
  for (const vendor of vendors) for (const result of batchEnds) attempts.inc({ vendor, result }, 0);
  return { batchEnded: (vendor, result) => attempts.inc({ vendor, result }) };
}

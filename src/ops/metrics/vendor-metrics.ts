import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Exchange } from '../../clients/http/exchange.ts';
import type { Config } from '../../config/config.ts';
import { type Vendor, vendors } from '../../domain/vendor.ts';
import type { Observer } from '../../queue/observer.ts';

/** From a vendor in the same network to one that hardly responds, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Measures requests to the vendors and their budget. A run makes a million requests: they are counted in plain numbers,
 * and handed to the registry when somebody reads them; how long they took is observed at once.
 */
export function addVendorMetrics(
  registry: Registry,
  config?: Pick<Config, 'pointsharp' | 'superoffice'>,
): Pick<Observer, 'exchanges' | 'budgetWaited'> {
  const tallies = Object.fromEntries(vendors.map((vendor) => [vendor, new Map()])) as Readonly<
    Record<Vendor, Map<string, Map<number | string, number>>>
  >;
  const requests = new Counter({
    name: 'caretaker_vendor_requests_total',
    help: 'Requests to a vendor, by the class of the status, or by the failure where there was no response.',
    labelNames: ['vendor', 'operation', 'result'],
    registers: [registry],
    collect() {
      requests.reset();
      for (const vendor of vendors)
        for (const [operation, results] of tallies[vendor])
          for (const [result, count] of results)
            requests.inc({ vendor, operation, result: resultOf(result) }, count);
    },
  });
  const durations = new Histogram({
    name: 'caretaker_vendor_request_duration_seconds',
    help: 'Duration of requests to a vendor.',
    buckets,
    labelNames: ['vendor', 'operation'],
    registers: [registry],
  });
  const waited = new Counter({
    name: 'caretaker_vendor_budget_waited_seconds_total',
    help: 'Total time that requests waited for the budget of the vendor.',
    labelNames: ['vendor'],
    registers: [registry],
  });
  const budget = new Gauge({
    name: 'caretaker_vendor_budget_requests_per_second',
    help: 'Requests per second that the budget of the vendor allows all processes together; 0 is no limit.',
    labelNames: ['vendor'],
    registers: [registry],
  });
  for (const vendor of vendors) {
    waited.inc({ vendor }, 0);
    const settings = config?.[vendor];
    if (settings) budget.set({ vendor }, settings.requestsPerSecond);
  }

  function exchanges(vendor: Vendor): (exchange: Exchange) => void {
    const counted = tallies[vendor];
    return ({ operation, durationMs, status, failure }) => {
      durations.observe({ vendor, operation }, durationMs / 1000);
      const result = status ?? failure ?? 'unknown';
      const results = counted.get(operation);
      if (results) results.set(result, (results.get(result) ?? 0) + 1);
      else counted.set(operation, new Map([[result, 1]]));
    };
  }

  return { exchanges, budgetWaited: (vendor, ms) => waited.inc({ vendor }, ms / 1000) };
}

/** The class of a status, or the failure in place of one. */
function resultOf(result: number | string): string {
  return typeof result === 'number' ? `${Math.floor(result / 100)}xx` : result;
}

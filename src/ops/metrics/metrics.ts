import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Config } from '../../config/config.ts';
import type { Observer } from '../../queue/observer.ts';
import { addBatchCounters } from './batch-counters.ts';
import { addBuildInfo } from './build-info.ts';
import { addGauges, type Show } from './gauges.ts';
import { addRedisCounters } from './redis-counters.ts';
import { addRunCounters } from './run-counters.ts';
import { addVendorMetrics } from './vendor-metrics.ts';

/** Every metric of this process. */
export interface Metrics {
  /** Counts what this process does. */
  readonly observer: Observer;
  /** Shows what is in Redis; undefined hides it, when Redis does not respond. */
  readonly show: Show;
  readonly contentType: string;
  /** The page that Prometheus reads. */
  text(): Promise<string>;
  names(): string[];
}

/** Creates the metrics, each with its name, help and labels; needs neither Redis nor a port. */
export function createMetrics(config?: Pick<Config, 'pointsharp' | 'superoffice'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry);
  const observer = {
    ...addRunCounters(registry),
    ...addBatchCounters(registry),
    ...addRedisCounters(registry),
    ...addVendorMetrics(registry, config),
  };
  const show = addGauges(registry);
  return {
    observer,
    show,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}

/** The names of all metrics there are, for whoever checks alerts and dashboards against them. */
export function metricNames(): string[] {
  return createMetrics().names();
}

import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { TracesConfig } from '../../config/config.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { createExporter, timeoutMs } from './exporter.ts';
import { reservableIds } from './ids.ts';
import { samplerOf } from './sampler.ts';
import { createTracing } from './tracing.ts';
import { warnOnce } from './warn-once.ts';

const name = 'device-caretaker';

/** Spans that wait to be sent: about 10 MB. While the collector is down, further spans are dropped. */
const maxQueueSize = 8192;
const maxExportBatchSize = 512;
const sendEveryMs = 1000;
/** To serialize and send what is left, beyond what the sending itself may take. */
const closingMs = 500;

/** Starts tracing. Registers itself for the whole process, as OpenTelemetry does: BullMQ's spans find it there. */
export function startTraces(config: TracesConfig, log: Logger, clock: () => number): Tracing {
  diag.setLogger(warnOnce(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = reservableIds();
  const provider = new TracerProvider({
    resource: resourceOf(config),
    sampler: samplerOf(config),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: createExporter(config, log),
        maxQueueSize,
        maxExportBatchSize,
        scheduledDelayMillis: sendEveryMs,
      }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    ...createTracing(provider.getTracer(name), ids, clock),
    async close() {
      // The exporter has already warned of a collector that is down.
      const closed = provider.shutdown().catch(() => {});
      await withDeadline(closed, timeoutMs(config) + closingMs, undefined);
    },
  };
}

function resourceOf({ serviceName }: TracesConfig) {
  const named = (text: string) => resourceFromAttributes({ 'service.name': text });
  const resource = defaultResource()
    .merge(named(name))
    .merge(detectResources({ detectors: [envDetector] }));
  return serviceName === undefined ? resource : resource.merge(named(serviceName));
}

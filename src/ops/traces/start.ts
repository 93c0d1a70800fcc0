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
import type { Tracing } from '../../queue/tracing.ts';
import { openExporter, timeoutMs } from './exporter.ts';
import { reservableIds } from './ids.ts';
import { samplerOf } from './sampler.ts';
import { openTracing } from './tracing.ts';
import { warnOnce } from './warn-once.ts';

const name = 'device-caretaker';

/** Spans that wait to be sent: about 10 MB. What comes on top while the collector is away is left out. */
const maxQueueSize = 8192;
const maxExportBatchSize = 512;
const sendEveryMs = 1000;
/** To serialise and to send what is left, beyond what the sending itself may take. */
const closingMs = 500;

/** Begins to trace. Registers itself for the whole process, as OpenTelemetry does: BullMQ's spans find it there. */
export function startTraces(config: TracesConfig, log: Logger, clock: () => number): Tracing {
  diag.setLogger(warnOnce(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = reservableIds();
  const provider = new TracerProvider({
    resource: resourceOf(config),
    sampler: samplerOf(config),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: openExporter(config, log),
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
    ...openTracing(provider.getTracer(name), ids, clock),
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs(config) + closingMs);
      // A collector that is away was warned of already.
      await Promise.race([provider.shutdown().catch(() => {}), promise]);
      clearTimeout(timer);
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

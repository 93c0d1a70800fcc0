import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { BullMQOtel } from 'bullmq-otel';
import { jobNames } from '../../jobs/index.ts';
import type { Telemetry } from '../../queue/tracing.ts';

type BullSpan = ReturnType<Telemetry['tracer']['startSpan']>;

/** Operations of BullMQ that are traced. Others (looking for work, renewing locks) come every second, work or not. */
const traced = new Set(['add', 'addBulk', 'process', 'delay', 'retry', 'fail']);

/**
 * The attributes of BullMQ that are kept. Left out are those with the content of a BullMQ job: its result (outcomes by
 * user), its progress, why it failed (messages name users), options.
 */
const harmless: Readonly<Record<string, (value: unknown) => boolean>> = {
  'bullmq.queue.name': always,
  'bullmq.queue.operation': always,
  'bullmq.job.bulk.count': always,
  'bullmq.job.name': (name) => jobNames.includes(String(name)),
  'bullmq.job.id': (id) => ownId.test(String(id)),
  'bullmq.job.attempts.made': always,
  'bullmq.job.attempt_finished_timestamp': always,
  'bullmq.job.processed.timestamp': always,
  'bullmq.worker.name': always,
};

/** Ids of runs, batches and ticks, and those that BullMQ counts. Whoever adds a run request may choose any other. */
const ownId = /^(\d+|repeat:[a-z-]+:\d+|[a-z-]+-\d{8}T\d{6}Z-[0-9a-f]{6}(\.[a-z]+\.[\d.-]+\.[0-9a-f]+)?)$/;

/** BullMQ's spans, without what they would disclose of users. */
export function bullTelemetry(): Telemetry {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: 'bullmq' }) as Telemetry;
  return {
    tracer: {
      startSpan(name, options, parent) {
        const [operation = ''] = name.split(' ');
        return traced.has(operation) ? withoutUsers(tracer.startSpan(name, options, parent)) : silent;
      },
    },
    contextManager: {
      with: (inner, work) => contextManager.with(inner, work),
      active: () => context.active(),
      root: () => ROOT_CONTEXT,
      getMetadata: (inner) => contextManager.getMetadata(inner),
      fromMetadata(active, metadata) {
        try {
          return contextManager.fromMetadata(active, metadata);
        } catch {
          // Whoever adds a BullMQ job may write anything here.
          return active;
        }
      },
    },
  };
}

function always(): boolean {
  return true;
}

function withoutUsers(span: BullSpan): BullSpan {
  return {
    setSpanOnContext: (inner) => span.setSpanOnContext(inner),
    setAttribute(key, value) {
      if (harmless[key]?.(value)) span.setAttribute(key, value);
    },
    setAttributes(attributes) {
      span.setAttributes(
        Object.fromEntries(Object.entries(attributes).filter(([key, value]) => harmless[key]?.(value))),
      );
    },
    addEvent: (name) => span.addEvent(name),
    recordException(exception) {
      const name = typeof exception === 'object' ? exception.name : undefined;
      span.addEvent('exception', { 'exception.type': name ?? 'Error' });
    },
    end: () => span.end(),
  };
}

const silent: BullSpan = {
  setSpanOnContext: (inner) => inner,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};

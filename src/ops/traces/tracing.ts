import {
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { SpanFacts, Tracing } from '../../queue/tracing.ts';
import type { ReservableIds } from './ids.ts';
import { bullTelemetry } from './telemetry.ts';

/** The ids of a span that starts later. BullMQ hands them to the batches as they are, which look for `traceparent`. */
interface ReservedIds {
  /** As in the header of that name. */
  readonly traceparent: string;
  /** The id of the parent span; empty at the top. */
  readonly parent: string;
}

/** Creates our own spans, beside those of BullMQ. */
export function createTracing(
  tracer: Tracer,
  ids: ReservableIds,
  clock: () => number,
): Omit<Tracing, 'close'> {
  return {
    telemetry: bullTelemetry(),
    reserve() {
      const parent = trace.getActiveSpan()?.spanContext();
      const { traceId = ids.generateTraceId(), traceFlags = TraceFlags.SAMPLED } = parent ?? {};
      const reserved: ReservedIds = {
        traceparent: `00-${traceId}-${ids.generateSpanId()}-0${traceFlags & 1}`,
        parent: parent?.spanId ?? '',
      };
      return JSON.stringify(reserved);
    },
    fill(text, { name, startedAt, facts }) {
      const reserved = readReserved(text);
      const own = reserved && parseTraceParent(reserved.traceparent);
      if (!own) return;
      const parent = reserved.parent
        ? trace.setSpanContext(ROOT_CONTEXT, { ...own, spanId: reserved.parent })
        : ROOT_CONTEXT;
      const startTime = Date.parse(startedAt);
      const span = ids.use(own, () => tracer.startSpan(name, { startTime }, parent));
      setFacts(span, facts);
      span.end(clock());
    },
    span(name, facts, work) {
      return tracer.startActiveSpan(name, async (span) => {
        setFacts(span, facts);
        try {
          return await work((more) => setFacts(span, more));
        } finally {
          span.end();
        }
      });
    },
    exchanged(vendor, { operation, durationMs, status, failure }) {
      const endedAt = clock();
      const span = tracer.startSpan(operation, { kind: SpanKind.CLIENT, startTime: endedAt - durationMs });
      setFacts(span, {
        'caretaker.vendor': vendor,
        'caretaker.operation': operation,
        'caretaker.result': status === undefined ? failure : `${Math.floor(status / 100)}xx`,
        'error.type': failure,
      });
      span.end(endedAt);
    },
  };
}

/** It comes from Redis; a trace that cannot be finished must not cost a run its report. */
function readReserved(text: string): ReservedIds | undefined {
  try {
    const { traceparent, parent } = JSON.parse(text);
    return { traceparent: String(traceparent), parent: String(parent) };
  } catch {
    return undefined;
  }
}

function setFacts(span: Span, facts: SpanFacts): void {
  for (const [key, value] of Object.entries(facts)) {
    if (value !== undefined) span.setAttribute(key, value);
  }
  if (facts['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
}

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

/** A reserved place. BullMQ hands it to the batches as it is, which look for `traceparent`. */
interface Place {
  /** As in the header of that name. */
  readonly traceparent: string;
  /** The span above; empty at the top. */
  readonly parent: string;
}

/** Makes our own spans, beside those of BullMQ. */
export function openTracing(tracer: Tracer, ids: ReservableIds, clock: () => number): Omit<Tracing, 'close'> {
  return {
    telemetry: bullTelemetry(),
    reserve() {
      const above = trace.getActiveSpan()?.spanContext();
      const { traceId = ids.generateTraceId(), traceFlags = TraceFlags.SAMPLED } = above ?? {};
      const place: Place = {
        traceparent: `00-${traceId}-${ids.generateSpanId()}-0${traceFlags & 1}`,
        parent: above?.spanId ?? '',
      };
      return JSON.stringify(place);
    },
    fill(text, { name, startedAt, facts }) {
      const place = readPlace(text);
      const own = place && parseTraceParent(place.traceparent);
      if (!own) return;
      const above = place.parent
        ? trace.setSpanContext(ROOT_CONTEXT, { ...own, spanId: place.parent })
        : ROOT_CONTEXT;
      const startTime = Date.parse(startedAt);
      const span = ids.use(own, () => tracer.startSpan(name, { startTime }, above));
      tell(span, facts);
      span.end(clock());
    },
    span(name, facts, work) {
      return tracer.startActiveSpan(name, async (span) => {
        tell(span, facts);
        try {
          return await work((more) => tell(span, more));
        } finally {
          span.end();
        }
      });
    },
    exchanged(vendor, { operation, durationMs, status, failure }) {
      const endedAt = clock();
      const span = tracer.startSpan(operation, { kind: SpanKind.CLIENT, startTime: endedAt - durationMs });
      tell(span, {
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
function readPlace(text: string): Place | undefined {
  try {
    const { traceparent, parent } = JSON.parse(text);
    return { traceparent: String(traceparent), parent: String(parent) };
  } catch {
    return undefined;
  }
}

function tell(span: Span, facts: SpanFacts): void {
  for (const [key, value] of Object.entries(facts)) {
    if (value !== undefined) span.setAttribute(key, value);
  }
  if (facts['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
}

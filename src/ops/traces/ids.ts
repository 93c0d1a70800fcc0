import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Random ids, and now and then one that was given out before. */
export interface ReservableIds extends IdGenerator {
  /** Makes these the ids of the span that `start` starts; that of the trace counts where no span is above it. */
  use<T>(ids: TraceIds, start: () => T): T;
}

/** OpenTelemetry gives a span its id when it starts; a run's batches have to know it before the run has ended. */
export function reservableIds(): ReservableIds {
  const random = new RandomIdGenerator();
  let reserved: TraceIds | undefined;
  return {
    generateTraceId: () => reserved?.traceId ?? random.generateTraceId(),
    generateSpanId: () => reserved?.spanId ?? random.generateSpanId(),
    use(ids, start) {
      reserved = ids;
      try {
        return start();
      } finally {
        reserved = undefined;
      }
    },
  };
}

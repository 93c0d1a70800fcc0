import type { Telemetry } from 'bullmq';
import type { Exchange } from '../clients/http/exchange.ts';
import type { Vendor } from '../domain/vendor.ts';

/*
 * Traces are made where the work is done and exported by src/ops. This room knows what a trace tells, and nothing of
 * OpenTelemetry; without traces nothing of it is loaded.
 */

/** What BullMQ tells its own spans to. */
export type { Telemetry } from 'bullmq';

/**
 * What is told of a span: names of ours, numbers and states. No user, no secret, no address with a query; of a failure
 * only its kind, as `error.type`, never its message.
 */
export type SpanFacts = Readonly<Record<string, string | number | undefined>>;

/** A span that is written down once it is over. */
export interface PastSpan {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly facts: SpanFacts;
}

/** Makes the spans of one process. */
export interface Tracing {
  /** For the queues and the workers of BullMQ. */
  readonly telemetry: Telemetry;
  /** Reserves a span that several processes work on; a text to be kept. It ends with `fill`. */
  reserve(): string;
  /** Writes down the span that was reserved; it ends now. */
  fill(reserved: string, span: PastSpan): void;
  /** Does `work` within a span; `tell` adds to what is told of it. */
  span<T>(name: string, facts: SpanFacts, work: (tell: (facts: SpanFacts) => void) => Promise<T>): Promise<T>;
  /** Writes down an exchange with a vendor that has just ended, within whatever span is under way. */
  exchanged(vendor: Vendor, exchange: Exchange): void;
  /** Sends what is left; takes a few seconds at most, whatever becomes of it. Never throws. */
  close(): Promise<void>;
}

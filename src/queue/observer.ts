import type { Exchange } from '../clients/http/exchange.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { Report } from '../runs/report.ts';

/**
 * How an attempt at a batch ended. `retried`: it comes back and counts as an attempt; `handed-back`: it comes back as if
 * nothing had been; `vendor-held`: it waits out a trouble of its vendor; `given-up`: a part of it was not reached.
 */
export const batchEnds = ['done', 'retried', 'handed-back', 'vendor-held', 'given-up', 'failed'] as const;
export type BatchEnd = (typeof batchEnds)[number];

/** What Redis had, and has no more. */
export const lostKinds = ['run', 'pause'] as const;
export type LostKind = (typeof lostKinds)[number];

/** Whoever looks on in a process: metrics. Never throws, and costs next to nothing. */
export interface Observer {
  /** A run or a skipped request has ended, in this process: each is told once. */
  runEnded(report: Report): void;
  batchEnded(vendor: Vendor, end: BatchEnd): void;
  /** A request waited so long for its turn in the vendor's budget. */
  budgetWaited(vendor: Vendor, ms: number): void;
  /** Redis refused a command, with this code. */
  redisRefused(code: string): void;
  /** A run that this process worked on, or a pause that it obeyed, is gone from Redis. */
  lost(kind: LostKind, what: string): void;
  /** Who is told of each exchange with a vendor. */
  exchanges(vendor: Vendor): (exchange: Exchange) => void;
}

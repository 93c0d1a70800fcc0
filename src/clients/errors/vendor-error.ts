import { OperatorError } from '../../domain/operator-error.ts';
import type { Vendor } from '../../domain/vendor.ts';

/**
 * What is to be done about a failure: give up this user, try the batch again later, stop the run, or see from the others
 * which of the first and the last it is.
 */
export type Remedy = 'fail-user' | 'retry-batch' | 'stop-run' | 'ask-others';

/** What is known of a failure, beside its problem and its advice. */
export interface FailureFacts {
  readonly vendor: Vendor;
  /** Method and path as the vendor documents them: `GET Device`. */
  readonly operation: string;
  readonly remedy: Remedy;
  readonly status?: number;
  /** How long the vendor asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What the vendor said: one line, short, without secrets. */
  readonly vendorMessage?: string;
}

/**
 * A request to a vendor that failed. It holds no request, no headers and no cause, so that it can be logged as it is.
 */
export abstract class VendorError extends OperatorError {
  abstract override readonly name: VendorErrorName;
  readonly vendor: Vendor;
  readonly operation: string;
  readonly remedy: Remedy;
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;
  declare readonly vendorMessage?: string;

  /**
   * @param problem what failed, and on what: whole sentences, without secrets
   * @param advice what to do now: whole sentences. The remedy says what the program itself does.
   */
  constructor(problem: string, advice: string, facts: FailureFacts) {
    super({ problem, advice });
    this.vendor = facts.vendor;
    this.operation = facts.operation;
    this.remedy = facts.remedy;
    if (facts.status !== undefined) this.status = facts.status;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    if (facts.vendorMessage !== undefined) this.vendorMessage = facts.vendorMessage;
  }

  /** Whether the vendor may have done what was asked all the same: no answer, or one that says nothing. */
  get mayHaveGoneThrough(): boolean {
    return this.status === undefined || this.status < 300 || this.status >= 500;
  }
}

/** The closed family: one class per failure that a caller can act on. */
export type VendorErrorName =
  | 'Unreachable'
  | 'Interrupted'
  | 'Throttled'
  | 'Broken'
  | 'Unreadable'
  | 'Refused'
  | 'Misconfigured';

/** No answer, or only a part of it: no connection, time-out, reset. */
export class Unreachable extends VendorError {
  override readonly name = 'Unreachable';
}

/** We ended the request ourselves, because nothing more is to be sent from here. */
export class Interrupted extends VendorError {
  override readonly name = 'Interrupted';
  /** Whether it was on its way already. */
  readonly wasSent: boolean;

  constructor(problem: string, advice: string, facts: FailureFacts & { readonly wasSent: boolean }) {
    super(problem, advice, facts);
    this.wasSent = facts.wasSent;
  }

  override get mayHaveGoneThrough(): boolean {
    return this.wasSent;
  }
}

/** The vendor limits the rate of requests, or asks to wait: 408, 429, or 503 with Retry-After. */
export class Throttled extends VendorError {
  override readonly name = 'Throttled';
}

/** The vendor failed: 5xx. */
export class Broken extends VendorError {
  override readonly name = 'Broken';
}

/** The vendor answered, but not with what its documentation describes. */
export class Unreadable extends VendorError {
  override readonly name = 'Unreadable';
}

/** The vendor, or we before asking, refused this one request because of its data. */
export class Refused extends VendorError {
  override readonly name = 'Refused';
}

/** A person has to put something right, here or at the server: credentials, rights, address, certificate. */
export class Misconfigured extends VendorError {
  override readonly name = 'Misconfigured';
}

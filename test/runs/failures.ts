import {
  Broken,
  Interrupted,
  Misconfigured,
  Refused,
  Throttled,
  Unreachable,
  type VendorError,
} from '../../src/clients/errors/vendor-error.ts';

const facts = { vendor: 'pointsharp', operation: 'GET Device' } as const;

/** The failures that a vendor's client throws, one per kind of remedy. */
export const failures = {
  refused: (): VendorError => new Refused('no such user', '', { ...facts, remedy: 'fail-user', status: 400 }),
  broken: (): VendorError => new Broken('fatal', '', { ...facts, remedy: 'retry-batch', status: 500 }),
  unreachable: (): VendorError => new Unreachable('no connection', '', { ...facts, remedy: 'retry-batch' }),
  throttled: (retryAfterMs?: number): VendorError =>
    new Throttled('too many', '', {
      ...facts,
      remedy: 'retry-batch',
      status: 429,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }),
  interrupted: (wasSent: boolean): VendorError =>
    new Interrupted('this process stops', '', { ...facts, remedy: 'retry-batch', wasSent }),
  misconfigured: (): VendorError =>
    new Misconfigured('wrong password', '', { ...facts, remedy: 'stop-run', status: 401 }),
} as const;

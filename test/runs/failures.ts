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
  notFound: (operation: string = facts.operation): VendorError =>
    new Misconfigured('no such page', 'check the address', {
      ...facts,
      operation,
      remedy: 'ask-others',
      status: 404,
    }),
  page: (): VendorError =>
    new Misconfigured('a web page', 'check the address', { ...facts, remedy: 'ask-others', status: 200 }),
  misconfigured: (): VendorError =>
    new Misconfigured('wrong password', '', { ...facts, remedy: 'stop-run', status: 401 }),
} as const;

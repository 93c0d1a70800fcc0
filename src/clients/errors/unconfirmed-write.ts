import { envPrefix } from '../../domain/vendor.ts';
import type { Subject } from './subject.ts';
import { Misconfigured } from './vendor-error.ts';

/** The error of a write whose answer does not say that it was done: it may have been. */
export function unconfirmed(
  status: number,
  { vendor, operation, what, address }: Subject,
  vendorMessage: string | undefined,
): Misconfigured {
  const said = vendorMessage === undefined ? '' : ` (${vendorMessage})`;
  const prefix = envPrefix(vendor.name);
  return new Misconfigured(
    `${what}: the server answered ${status}${said}, which does not say that it was done.`,
    `Check ${prefix}URL (${address}) and what stands before the server. If it confirms writes so, set ${prefix}CONFIRMED_BY to that body.`,
    {
      vendor: vendor.name,
      operation,
      remedy: 'ask-others',
      status,
      ...(vendorMessage === undefined ? {} : { vendorMessage }),
    },
  );
}

import type { Config } from '../../config/config.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { RunState } from '../messages/run-state.ts';

/** Where a process sends the requests to a vendor. */
export function vendorAddress(config: Pick<Config, Vendor>, vendor: Vendor): string | undefined {
  return config[vendor]?.url.href;
}

/**
 * The address that a run is for, when it is not that of this process: test and production on one Redis with one prefix,
 * say. Whoever has another one leaves the run alone.
 */
export function otherAddress(
  config: Pick<Config, Vendor>,
  vendor: Vendor,
  state: Pick<RunState, 'address'> | undefined,
): string | undefined {
  const address = state?.address;
  return address === undefined || address === vendorAddress(config, vendor) ? undefined : address;
}

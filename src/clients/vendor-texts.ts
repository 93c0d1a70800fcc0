import type { Vendor } from '../domain/vendor.ts';

/** What the messages of a vendor's errors are made of. */
export interface VendorTexts {
  readonly name: Vendor;
  /** For people. */
  readonly title: string;
  /** What to do on 401: the settings that sign in. */
  readonly onUnauthorised: string;
  /** What 403 means, and what to do. */
  readonly onForbidden: string;
  /** What 405 means, and what to do. */
  readonly onMethodNotAllowed: string;
}

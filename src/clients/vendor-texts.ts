import type { VendorName } from './errors/vendor-error.ts';

/** What the messages of a vendor's errors are made of. */
export interface Vendor {
  readonly name: VendorName;
  /** For people. */
  readonly title: string;
  /** Of the environment variables: `POINTSHARP_`. */
  readonly prefix: string;
  /** What to do on 401: the settings that sign in. */
  readonly onUnauthorised: string;
  /** What 403 means, and what to do. */
  readonly onForbidden: string;
  /** What 405 means, and what to do. */
  readonly onMethodNotAllowed: string;
}

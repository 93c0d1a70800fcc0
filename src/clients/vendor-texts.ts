import type { Vendor } from '../domain/vendor.ts';

/** What the messages of a vendor's errors are made of. */
export interface VendorTexts {
  readonly name: Vendor;
  /** For people. */
  readonly title: string;
  /** What to do on 401: the settings that sign in. */
  readonly onUnauthorized: string;
  readonly onForbidden: StatusText;
  readonly onMethodNotAllowed: StatusText;
}

/** What a status means at this vendor. */
export interface StatusText {
  /** What it says, as the end of a sentence. */
  readonly reason: string;
  /** What to do: whole sentences. */
  readonly advice: string;
}

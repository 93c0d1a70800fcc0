import type { Vendor } from '../domain/vendor.ts';

/** What the messages of a vendor's errors are made of. */
export interface VendorTexts {
  readonly name: Vendor;
  /** For people. */
  readonly title: string;
  /** The variables that say where the server is; left out, the URL of the vendor. */
  readonly addressIn?: string;
  /** What to do on 401: the settings that sign in. */
  readonly onUnauthorized: string;
  readonly onForbidden: StatusText;
  /** What to do on a 403 that is a web page: it comes from what stands before the API. */
  readonly onForbiddenPage: string;
  /** What to do where only the sign-in of Windows is offered, which this program does not have. */
  readonly onWindowsSignIn: string;
  readonly onMethodNotAllowed: StatusText;
}

/** What a status means at this vendor. */
export interface StatusText {
  /** What it says, as the end of a sentence. */
  readonly reason: string;
  /** What to do: whole sentences. */
  readonly advice: string;
}

import type { DateTime } from 'luxon';
import type { FromFiles } from '../../config/vendors/vendors.ts';
import type { Redact } from '../../security/redact.ts';
import type { VendorTexts } from '../vendor-texts.ts';
import type { Exchange } from './exchange.ts';
import type { Way, WayHooks } from './sign-in.ts';
import type { TransportSettings } from './transport/transport.ts';

/** What the vendors' own files hand over, made from their configuration. */
export interface HttpSettings extends TransportSettings {
  readonly vendor: VendorTexts;
  /** Values that must not appear in any message. */
  readonly secrets: readonly (string | undefined)[];
  /** Takes out of messages what is issued only later, beside those. */
  readonly redact?: Redact;
  readonly hashKey: string | Buffer;
  /** What else than nothing the server answers to a write that it has done; left out, nothing else. */
  readonly confirmedBy?: string | undefined;
  /** Left out when no part of these settings stands in a file. */
  readonly fromFiles?: FromFiles<HttpSettings> | undefined;
  /** Left out where the address is known and does not change. It hears the code of a server that refuses our certificate. */
  readonly openWay?: (hooks: WayHooks) => Way;
}

/** What the process adds to those. */
export interface HttpOptions {
  /** Waited for before each request: the vendor's budget. What it throws is passed on. */
  readonly beforeRequest?: () => Promise<void>;
  readonly onAnswer?: (exchange: Exchange) => void;
  /** The time, for what signs in for a while; needed only there. */
  readonly now?: () => DateTime;
  /** The `Date` of each answer as it was sent, for whoever compares clocks. */
  readonly onDate?: (date: string | undefined) => void;
}

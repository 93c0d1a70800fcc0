import type { Duration } from 'luxon';

/** Settings of which a part stands in files, which may change while a process runs: secrets and certificates. */
export interface FromFiles<Settings> {
  /** Another text whenever one of the files has changed. */
  stamp(): string;
  /** The settings as the files are now; undefined while they cannot be used. */
  read(): Settings | undefined;
}

/** What both vendors' settings have in common. */
interface VendorConfig {
  /** Up to and with `/api/`. Where it is looked up, it stands for the tenant, wherever that is: it never changes. */
  readonly url: URL;
  /** A PEM file of certificate authorities trusted beside the system's own. */
  readonly caFile: string | undefined;
  /** HTTP proxy to reach the server through. */
  readonly proxy: URL | undefined;
  readonly requestTimeout: Duration;
  readonly requestsInFlight: number;
  /** 0 = no limit. */
  readonly requestsPerSecond: number;
}

export interface PointsharpConfig extends VendorConfig {
  /** Left out when no part of them stands in a file. */
  readonly fromFiles?: FromFiles<PointsharpConfig> | undefined;
  readonly auth: 'none' | 'basic' | 'header' | 'certificate';
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly headerName: string | undefined;
  readonly headerValue: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly confirmedBy: string | undefined;
  readonly keyPassphrase: string | undefined;
}

/** The ways to sign in at SuperOffice Online without a person. */
export const onlineWays = ['refresh-token', 'system-user'] as const;
export type OnlineWay = (typeof onlineWays)[number];

export interface SuperofficeConfig extends VendorConfig {
  /** Left out when no part of them stands in a file. */
  readonly fromFiles?: FromFiles<SuperofficeConfig> | undefined;
  readonly auth: 'basic' | 'bearer' | 'soticket' | 'xsrf' | OnlineWay;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Bearer token, SOTicket or XSRF value, as `auth` says. */
  readonly token: string | undefined;
  /** Of the session that the XSRF value belongs to: `name=value`. */
  readonly cookie: string | undefined;
  readonly appToken: string | undefined;
  readonly environment: 'online' | 'qaonline' | 'sod';
  /** `Cust12345`. */
  readonly tenant: string | undefined;
  /** In place of the host of the environment. */
  readonly loginUrl: URL | undefined;
  readonly clientId: string | undefined;
  readonly refreshToken: string | undefined;
  readonly systemUserToken: string | undefined;
  readonly systemUserKeyFile: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly language: string | undefined;
  readonly culture: string | undefined;
  readonly timeZone: string | undefined;
  /** Key of the hash that stands for a push handle; without one it is derived from the credentials. */
  readonly handleKey: string | undefined;
}

import { Duration } from 'luxon';
import { onTestFinished } from 'vitest';
import { VendorError } from '../../src/clients/errors/vendor-error.ts';
import type { VendorHttp } from '../../src/clients/http/http.ts';
import type { HttpOptions } from '../../src/clients/http/http-settings.ts';
import type { Http } from '../../src/clients/http/session.ts';
import { openPointsharp } from '../../src/clients/pointsharp/open.ts';
import { openSuperoffice } from '../../src/clients/superoffice/open.ts';
import type { PointsharpConfig, SuperofficeConfig } from '../../src/config/vendors/vendors.ts';

const common = {
  caFile: undefined,
  proxy: undefined,
  requestTimeout: Duration.fromMillis(10_000),
  requestsInFlight: 2,
  requestsPerSecond: 0,
};

export function pointsharpConfig(url: URL, changes: Partial<PointsharpConfig> = {}): PointsharpConfig {
  return {
    ...common,
    url,
    auth: 'none',
    username: undefined,
    password: undefined,
    headerName: undefined,
    headerValue: undefined,
    certificateFile: undefined,
    keyFile: undefined,
    keyPassphrase: undefined,
    confirmedBy: undefined,
    ...changes,
  };
}

export function superofficeConfig(url: URL, changes: Partial<SuperofficeConfig> = {}): SuperofficeConfig {
  return {
    ...common,
    url,
    auth: 'basic',
    username: 'caretaker',
    password: 'simulated',
    token: undefined,
    cookie: undefined,
    appToken: undefined,
    environment: 'online',
    tenant: undefined,
    loginUrl: undefined,
    clientId: undefined,
    refreshToken: undefined,
    systemUserToken: undefined,
    systemUserKeyFile: undefined,
    acceptLanguage: 'en',
    language: undefined,
    culture: undefined,
    timeZone: undefined,
    handleKey: undefined,
    ...changes,
  };
}

/** Connections to Pointsharp that end with the test. */
export function pointsharpAt(
  url: URL,
  changes: Partial<PointsharpConfig> = {},
  options?: HttpOptions,
): VendorHttp {
  return endWithTest(openPointsharp(pointsharpConfig(url, changes), options));
}

/** Connections to SuperOffice that end with the test. */
export function superofficeAt(
  url: URL,
  changes: Partial<SuperofficeConfig> = {},
  options?: HttpOptions,
): VendorHttp {
  return endWithTest(openSuperoffice(superofficeConfig(url, changes), options));
}

export function session(connections: VendorHttp): Http {
  return connections.session({ requests: 0 });
}

/** The VendorError a call fails with; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<VendorError> {
  const thrown = await call.then(
    () => new Error('the call did not fail'),
    (error: unknown) => error,
  );
  if (thrown instanceof VendorError) return thrown;
  throw thrown;
}

export function fixture(name: string): URL {
  return new URL(`fixtures/${name}`, import.meta.url);
}

function endWithTest(connections: VendorHttp): VendorHttp {
  onTestFinished(() => connections.destroy());
  return connections;
}

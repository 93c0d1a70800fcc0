import { isOnlineWay } from '../../config/vendors/superoffice-online.ts';
import type { SuperofficeConfig } from '../../config/vendors/vendors.ts';
import { envPrefix } from '../../domain/vendor.ts';
import { deriveKey } from '../../security/keyed-hash.ts';
import { readTls } from '../../security/tls.ts';
import { openHttp, type VendorHttp } from '../http/http.ts';
import type { HttpOptions, HttpSettings } from '../http/http-settings.ts';
import { renewalOf } from '../http/renewal.ts';
import { basicAuthorization, headerText, required } from '../http/transport/headers.ts';
import type { TransportSettings } from '../http/transport/transport.ts';
import { proxySecrets } from '../http/transport/tunnel.ts';
import type { VendorTexts } from '../vendor-texts.ts';
import { openSite, type Site } from './online/site.ts';
import { openOnlineWay } from './online/way.ts';

/**
 * Opens the connections to the SuperOffice web API.
 *
 * @throws SettingError when a file cannot be used, or when a setting that `SUPEROFFICE_AUTH` needs is missing
 */
export function openSuperoffice(config: SuperofficeConfig, options: HttpOptions = {}): SuperofficeHttp {
  if (!isOnlineWay(config.auth)) return openHttp(settingsOf(config), options);
  const { now } = options;
  if (!now) throw new TypeError(`SUPEROFFICE_AUTH=${config.auth} needs a clock.`);
  const site = openSite(config, now);
  const { fromFiles: _, ...settings } = settingsOf(config);
  const http = openHttp(
    {
      ...settings,
      vendor: online,
      openWay: (hooks) => openOnlineWay(site, config, transportAt, hooks),
    },
    options,
  );
  return Object.assign(http, { site });
}

/** The connections to SuperOffice; Online also where the tenant is, and who signs in. */
export interface SuperofficeHttp extends VendorHttp {
  readonly site?: Site;
}

/** How the address of a tenant is reached. */
function transportAt(config: SuperofficeConfig, url: URL): TransportSettings {
  return { ...settingsOf(config), url };
}

function settingsOf(config: SuperofficeConfig): HttpSettings {
  const { username, password, token, cookie, appToken, handleKey, refreshToken, systemUserToken } = config;
  const authorization = signIn(config);
  return {
    vendor: superoffice,
    url: config.url,
    requestTimeout: config.requestTimeout,
    requestsInFlight: config.requestsInFlight,
    headers: {
      accept: 'application/json; charset=utf-8',
      ...configured('SUPEROFFICE_ACCEPT_LANGUAGE', 'accept-language', config.acceptLanguage),
      ...configured('SUPEROFFICE_LANGUAGE', 'so-language', config.language),
      ...configured('SUPEROFFICE_CULTURE', 'so-culture', config.culture),
      ...configured('SUPEROFFICE_TIME_ZONE', 'so-timezone', config.timeZone),
      ...(isOnlineWay(config.auth) ? {} : configured('SUPEROFFICE_APP_TOKEN', 'so-apptoken', appToken)),
      ...authorization,
    },
    secrets: [
      ...proxySecrets(config.proxy),
      password,
      token,
      ...cookieSecrets(cookie),
      appToken,
      handleKey,
      refreshToken,
      systemUserToken,
      ...Object.values(authorization),
      ...(username && password ? [`${username}:${password}`] : []),
    ],
    hashKey: handleKey || deriveKey(config.url, stableSecrets(config)),
    tls: readTls(envPrefix(superoffice.name), { caFile: config.caFile }),
    proxy: config.proxy,
    fromFiles: renewalOf(config.fromFiles, settingsOf),
  };
}

function signIn(config: SuperofficeConfig): Readonly<Record<string, string>> {
  // What signs in Online is got only once it is needed.
  if (isOnlineWay(config.auth)) return {};
  if (config.auth === 'basic') {
    const username = required('SUPEROFFICE_USERNAME', config.username);
    return { authorization: basicAuthorization(username, required('SUPEROFFICE_PASSWORD', config.password)) };
  }
  const token = headerText('SUPEROFFICE_TOKEN', config.token);
  if (config.auth === 'xsrf')
    return { 'x-xsrf-token': token, cookie: headerText('SUPEROFFICE_COOKIE', config.cookie) };
  return { authorization: `${config.auth === 'soticket' ? 'SOTicket' : 'Bearer'} ${token}` };
}

/** A server may repeat one cookie of several, or its value alone. */
function cookieSecrets(cookie = ''): string[] {
  const pairs = cookie.split(';').map((pair) => pair.trim());
  return [cookie, ...pairs, ...pairs.map((pair) => pair.slice(pair.indexOf('=') + 1))];
}

function configured(
  variable: string,
  name: string,
  value: string | undefined,
): Readonly<Record<string, string>> {
  return value === undefined || value === '' ? {} : { [name]: headerText(variable, value) };
}

/** Tokens and tickets live for hours; a key made from one would give every run other hashes, so it is the last resort. */
function stableSecrets({ auth, username, password, token, appToken }: SuperofficeConfig) {
  if (auth === 'basic') return [username, password];
  return appToken ? [appToken] : [token];
}

const superoffice: VendorTexts = {
  name: 'superoffice',
  title: 'SuperOffice',
  onUnauthorized:
    'Check SUPEROFFICE_AUTH and what it needs: SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD, or SUPEROFFICE_TOKEN, which expires, with xsrf also SUPEROFFICE_COOKIE; Online also SUPEROFFICE_APP_TOKEN.',
  onForbidden: {
    reason: 'the user of SUPEROFFICE_AUTH lacks rights',
    advice: 'Give this user the right to read the devices of other associates.',
  },
  onForbiddenPage:
    'Check the rules for addresses and certificates on the server, and the firewall or gateway before it. If none of them refuses this host, give the user of SUPEROFFICE_AUTH the right to read the devices of other associates.',
  onWindowsSignIn:
    'This program signs in with basic, a token or a ticket, never with Windows authentication: enable basic for this path of IIS, and set SUPEROFFICE_AUTH.',
  onMethodNotAllowed: {
    reason: 'this version of the server does not support the operation',
    advice: 'Check SUPEROFFICE_URL.',
  },
};

/** Online there is no address to correct, and what is refused is not a password. */
const online: VendorTexts = {
  ...superoffice,
  addressIn: 'SUPEROFFICE_TENANT and SUPEROFFICE_ENVIRONMENT',
  onUnauthorized:
    'The server refuses also what it has just issued. Check that the user or system user that signs in still exists and may log in, and authorize the app again: caretaker superoffice login.',
  onMethodNotAllowed: { ...superoffice.onMethodNotAllowed, advice: 'Ask SuperOffice.' },
};

import * as kind from '../kinds/index.ts';
import { setting } from './setting.ts';

const vendorSettings = {
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust in addition to those of the system.',
  }),
  proxy: setting(kind.proxyUrl, {
    doc: 'HTTP proxy to reach the server through, unless NO_PROXY names its host.',
    secret: 'in-url',
  }),
  requestTimeout: setting(kind.wait, {
    doc: 'How long to wait for a connection, for the start of an answer and for each part of it. A whole answer may take four times as long.',
    fallback: 'PT30S',
  }),
  requestsInFlight: setting(kind.integer(1, 1024), {
    doc: 'Concurrent requests, over all jobs and all workers together.',
    fallback: '2',
  }),
  requestsPerSecond: setting(kind.amount, {
    doc: 'Requests per second, over all jobs and all workers together. 0 means no limit.',
    fallback: '20',
  }),
};

/** `POINTSHARP_…` */
export const pointsharpSettings = {
  url: setting(kind.apiUrl, {
    doc: 'The Pointsharp ID web services, up to and with /api/.',
  }),
  auth: setting(kind.oneOf('none', 'basic', 'header', 'certificate'), {
    doc: 'How to sign in. The vendor documents no way, so it depends on the proxy or web server in front of Pointsharp ID.',
    fallback: 'none',
  }),
  username: setting(kind.text, { doc: 'User for auth=basic.' }),
  password: setting(kind.text, { doc: 'Password for auth=basic.', secret: 'whole' }),
  headerName: setting(kind.headerName, { doc: 'Name of the header for auth=header.' }),
  headerValue: setting(kind.headerValue, { doc: 'Value of the header for auth=header.', secret: 'whole' }),
  certificateFile: setting(kind.file, { doc: 'PEM file of the client certificate for auth=certificate.' }),
  keyFile: setting(kind.file, { doc: 'PEM file of the private key for auth=certificate.' }),
  confirmedBy: setting(kind.text, {
    doc: 'What the server answers to a write that it has done: a whole body. Without it, only 200 or 204 with nothing, null, true, "" or {} confirms a write.',
  }),
  keyPassphrase: setting(kind.text, {
    doc: 'Passphrase of the private key, if it has one.',
    secret: 'whole',
  }),
  ...vendorSettings,
};

/** `SUPEROFFICE_…` */
export const superofficeSettings = {
  url: setting(kind.apiUrl, {
    doc: 'The SuperOffice web API, up to and with /api/. Left out for auth=refresh-token and auth=system-user, which look it up.',
  }),
  auth: setting(kind.oneOf('basic', 'bearer', 'soticket', 'xsrf', 'refresh-token', 'system-user'), {
    doc: 'How to sign in: basic (onsite only), bearer (Online), soticket, xsrf, or for Online without a person: refresh-token or system-user.',
    fallback: 'basic',
  }),
  environment: setting(kind.oneOf('online', 'qaonline', 'sod'), {
    doc: 'Environment of SuperOffice Online, for auth=refresh-token and auth=system-user: online (production), qaonline (stage) or sod (development).',
    fallback: 'online',
  }),
  tenant: setting(kind.tenantId, {
    doc: 'Customer of SuperOffice Online, for auth=refresh-token and auth=system-user.',
  }),
  loginUrl: setting(kind.signInUrl, {
    doc: 'Where to sign in Online, in place of https://{environment}.superoffice.com. An http address of this machine is for simulators: nothing that signs in then leaves the machine.',
  }),
  clientId: setting(kind.headerValue, {
    doc: 'Application id of the app (client_id), for auth=refresh-token.',
  }),
  refreshToken: setting(kind.headerValue, {
    doc: 'Refresh token for auth=refresh-token. caretaker superoffice login gets it.',
    secret: 'whole',
  }),
  systemUserToken: setting(kind.headerValue, {
    doc: 'System user token of the tenant for auth=system-user.',
    secret: 'whole',
  }),
  systemUserKeyFile: setting(kind.file, {
    doc: 'PEM file of the RSA private key of the app, for auth=system-user.',
  }),
  username: setting(kind.text, { doc: 'User for auth=basic.' }),
  password: setting(kind.text, { doc: 'Password for auth=basic.', secret: 'whole' }),
  token: setting(kind.headerValue, {
    doc: 'Bearer token, SOTicket or XSRF value, as auth says.',
    secret: 'whole',
  }),
  cookie: setting(kind.cookies, {
    doc: 'Session cookie for auth=xsrf, as a browser sends it: the XSRF value belongs to that session.',
    secret: 'whole',
  }),
  appToken: setting(kind.headerValue, {
    doc: 'Application token of the app (SO-AppToken, also called client secret), required Online.',
    secret: 'whole',
  }),
  acceptLanguage: setting(kind.headerValue, { doc: 'Accept-Language header.', fallback: 'en' }),
  language: setting(kind.headerValue, { doc: 'SO-Language header.' }),
  culture: setting(kind.headerValue, { doc: 'SO-Culture header.' }),
  timeZone: setting(kind.headerValue, { doc: 'SO-TimeZone header.' }),
  handleKey: setting(kind.text, {
    doc: 'Key of the hash that stands for a push handle. Left out, it is derived from the credentials.',
    secret: 'whole',
  }),
  ...vendorSettings,
};

import type { PointsharpConfig } from '../../config/vendors/vendors.ts';
import { envPrefix } from '../../domain/vendor.ts';
import { deriveKey } from '../../security/keyed-hash.ts';
import { readTls } from '../../security/tls.ts';
import { openHttp, type VendorHttp } from '../http/http.ts';
import type { HttpOptions, HttpSettings } from '../http/http-settings.ts';
import { renewalOf } from '../http/renewal.ts';
import { basicAuthorization, headerName, headerText, required } from '../http/transport/headers.ts';
import { proxySecrets } from '../http/transport/tunnel.ts';
import type { VendorTexts } from '../vendor-texts.ts';

/**
 * Opens the connections to Pointsharp ID.
 *
 * @throws SettingError when a file cannot be used, or when a setting that `POINTSHARP_AUTH` needs is missing
 */
export function openPointsharp(config: PointsharpConfig, options?: HttpOptions): VendorHttp {
  return openHttp(settingsOf(config), options);
}

function settingsOf(config: PointsharpConfig): HttpSettings {
  const { username, password, headerValue, keyPassphrase } = config;
  const authorization = signIn(config);
  const certificate = config.auth === 'certificate';
  return {
    vendor: textsFor(config.auth),
    url: config.url,
    requestTimeout: config.requestTimeout,
    requestsInFlight: config.requestsInFlight,
    confirmedBy: config.confirmedBy,
    headers: { accept: 'application/json', ...authorization },
    secrets: [
      ...proxySecrets(config.proxy),
      password,
      headerValue,
      keyPassphrase,
      ...Object.values(authorization),
      ...(username && password ? [`${username}:${password}`] : []),
    ],
    hashKey: deriveKey(config.url, [username, password, headerValue]),
    tls: readTls(envPrefix(pointsharp.name), {
      caFile: config.caFile,
      certificateFile: certificate
        ? required('POINTSHARP_CERTIFICATE_FILE', config.certificateFile)
        : undefined,
      keyFile: config.keyFile,
      keyPassphrase,
    }),
    proxy: config.proxy,
    fromFiles: renewalOf(config.fromFiles, settingsOf),
  };
}

/** The vendor documents no way to sign in; the gateway before the server decides. */
function signIn(config: PointsharpConfig): Readonly<Record<string, string>> {
  if (config.auth === 'basic') {
    const username = required('POINTSHARP_USERNAME', config.username);
    return { authorization: basicAuthorization(username, required('POINTSHARP_PASSWORD', config.password)) };
  }
  if (config.auth === 'header') {
    const name = headerName('POINTSHARP_HEADER_NAME', config.headerName);
    return { [name]: headerText('POINTSHARP_HEADER_VALUE', config.headerValue) };
  }
  return {};
}

/**
 * 403 and 405 as the vendor's status list has them: about configuration and version, not about credentials. IIS answers
 * 403 with a page, also when it asks for a certificate only once it has read the request, which TLS 1.3 has another
 * message for that no client of Node.js offers.
 */
function textsFor(auth: PointsharpConfig['auth']): VendorTexts {
  const certificate =
    auth === 'certificate'
      ? 'On the binding of IIS, enable Negotiate Client Certificate; without it also disable TLS 1.3 there. Check that the server trusts the authority of POINTSHARP_CERTIFICATE_FILE.'
      : 'If the server requires a client certificate (IIS: 403.7, 403.16), set POINTSHARP_AUTH=certificate.';
  return {
    ...pointsharp,
    onForbiddenPage: `${certificate} Check the rules for addresses on the server (IIS: 403.6), and the firewall or gateway before it.`,
  };
}

const pointsharp = {
  name: 'pointsharp',
  title: 'Pointsharp ID',
  onUnauthorized:
    'Check POINTSHARP_AUTH and what it needs: POINTSHARP_USERNAME and POINTSHARP_PASSWORD, POINTSHARP_HEADER_NAME and POINTSHARP_HEADER_VALUE, or POINTSHARP_CERTIFICATE_FILE.',
  onForbidden: {
    reason: 'the configuration of the server disables this endpoint',
    advice: 'Allow its path in the web services of Pointsharp ID. The credentials are not the cause.',
  },
  onMethodNotAllowed: {
    reason: 'this version of the server does not support the operation',
    advice: 'Update Pointsharp ID, or disable the job.',
  },
  onWindowsSignIn:
    'This program signs in with basic, a header or a client certificate, never with Windows authentication: enable one of them for this path of IIS, and set POINTSHARP_AUTH.',
} satisfies Omit<VendorTexts, 'onForbiddenPage'>;

import type { PointsharpConfig } from '../../config/vendors.ts';
import { envPrefix } from '../../domain/vendor.ts';
import { deriveKey } from '../../security/keyed-hash.ts';
import { readTls } from '../../security/tls.ts';
import { basicAuthorization, headerName, headerText, required } from '../http/headers.ts';
import { type HttpOptions, openHttp, type VendorHttp } from '../http/http.ts';
import type { VendorTexts } from '../vendor-texts.ts';

/**
 * Opens the connections to Pointsharp ID. Throws an Error naming the variable when a file cannot be read or a setting
 * that `POINTSHARP_AUTH` needs is missing.
 */
export function openPointsharp(config: PointsharpConfig, options?: HttpOptions): VendorHttp {
  const { username, password, headerValue, keyPassphrase } = config;
  const authorization = signIn(config);
  const certificate = config.auth === 'certificate';
  return openHttp(
    {
      vendor: pointsharp,
      url: config.url,
      requestTimeout: config.requestTimeout,
      requestsInFlight: config.requestsInFlight,
      headers: { accept: 'application/json', ...authorization },
      secrets: [
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
    },
    options,
  );
}

/** The vendor documents no way to sign in; what stands in front of the server decides. */
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

/** 403 and 405 as the vendor's status list has them: about configuration and version, not about credentials. */
const pointsharp: VendorTexts = {
  name: 'pointsharp',
  title: 'Pointsharp ID',
  onUnauthorised:
    'Check POINTSHARP_AUTH and what it needs: POINTSHARP_USERNAME and POINTSHARP_PASSWORD, POINTSHARP_HEADER_NAME and POINTSHARP_HEADER_VALUE, or POINTSHARP_CERTIFICATE_FILE.',
  onForbidden:
    'the endpoint is switched off by the configuration of the server. That is not about credentials: allow its path in the web services of Pointsharp ID.',
  onMethodNotAllowed:
    'this version of the server does not support the operation. Update Pointsharp ID, or switch the job off.',
};

import { envPrefix } from '../../domain/vendor.ts';
import type { VendorTexts } from '../vendor-texts.ts';

/** The variables that say where the server is. */
export function addressVariables({ name, addressIn }: VendorTexts): string {
  return addressIn ?? `${envPrefix(name)}URL`;
}

/** What to do when a proxy does not accept the credentials. */
export function proxyCredentialsAdvice(prefix: string): string {
  return `Check user and password in ${prefix}PROXY.`;
}

/** What to do when the server does not take our client certificate. */
export function certificateAdvice(vendor: VendorTexts): string {
  if (vendor.name !== 'pointsharp')
    return `Check what client certificate the server at ${addressVariables(vendor)} expects.`;
  return 'Check POINTSHARP_AUTH=certificate, POINTSHARP_CERTIFICATE_FILE and POINTSHARP_KEY_FILE.';
}

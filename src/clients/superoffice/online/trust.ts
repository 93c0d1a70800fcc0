import { isLoopbackAddress } from '../../../config/kinds/address.ts';

/**
 * Whether credentials may go to an address: over https to the host that was signed in at, or to one of the vendor's
 * domain. What was signed in at a simulator on this machine never leaves it; what was signed in anywhere else never goes
 * to this machine, nor over plain http.
 */
export function isTrusted(address: URL, login: URL): boolean {
  if (address.username || address.password) return false;
  if (isLoopbackAddress(login)) return isLoopbackAddress(address);
  return address.protocol === 'https:' && (address.host === login.host || isOfVendor(address));
}

function isOfVendor({ hostname, port }: URL): boolean {
  return port === '' && /^(?:[a-z0-9-]+\.)+superoffice\.com$/.test(hostname);
}

import { isLoopbackAddress } from '../kinds/address.ts';
import { type OnlineWay, onlineWays, type SuperofficeConfig } from './vendors.ts';

type Online = Pick<SuperofficeConfig, 'auth' | 'environment' | 'tenant' | 'loginUrl' | 'proxy'> & {
  readonly url: URL | undefined;
};

/** Whether this way to sign in looks up by itself where the tenant is. */
export function isOnlineWay(auth: string): auth is OnlineWay {
  return onlineWays.some((way) => way === auth);
}

/** Where to sign in Online: the only host that credentials of an app go to. */
export function loginAddress({ environment, loginUrl }: Pick<Online, 'environment' | 'loginUrl'>): URL {
  return loginUrl ?? new URL(`https://${environment}.superoffice.com/`);
}

/**
 * The settings with an address that stands for the tenant. Where it is just now is looked up; runs, and hashes of push
 * handles, must not change with it. A simulator on this machine is reached without a proxy: what signs in stays here.
 */
export function atTenant<Values extends Online>(values: Values): Values {
  if (!isOnlineWay(values.auth)) return values;
  const login = loginAddress(values);
  const url = values.tenant === undefined ? undefined : new URL(`/${values.tenant}/api/`, login);
  return { ...values, url, proxy: isLoopbackAddress(login) ? undefined : values.proxy };
}

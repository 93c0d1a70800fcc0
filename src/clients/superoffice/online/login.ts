import type { z } from 'zod';
import { loginAddress } from '../../../config/vendors/superoffice-online.ts';
import type { SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import type { Redact } from '../../../security/redact.ts';
import { readTls } from '../../../security/tls.ts';
import type { Answer, Call } from '../../call.ts';
import { type FailureFacts, Misconfigured, VendorError } from '../../errors/vendor-error.ts';
import { checkShape } from '../../http/check-shape.ts';
import { openHttp } from '../../http/http.ts';
import { proxySecrets } from '../../http/transport/tunnel.ts';
import type { VendorTexts } from '../../vendor-texts.ts';

/** What of the settings is needed to reach the host that is signed in at. */
export type LoginConfig = Pick<
  SuperofficeConfig,
  | ('environment' | 'tenant' | 'loginUrl' | 'clientId' | 'appToken' | 'refreshToken' | 'systemUserToken')
  | ('caFile' | 'proxy' | 'requestTimeout')
>;

/** The host that is signed in at. Its requests are few, and not counted in the budget of the vendor. */
export interface Login {
  readonly address: URL;
  /** @throws VendorError that concerns everybody: to try another user does not help */
  ask(call: Call): Promise<Answer>;
  /** Asks for what has this shape. @throws VendorError */
  read<T>(schema: z.ZodType<T>, call: Call): Promise<T>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * Opens the connections to the host that is signed in at.
 *
 * @param body what it is asked with: OAuth takes a form, all else JSON
 * @param redact takes out what was issued
 * @throws SettingError when a file cannot be used
 */
export function openLogin(config: LoginConfig, body: 'form' | 'json', redact: Redact): Login {
  const address = loginAddress(config);
  const { appToken, refreshToken, systemUserToken } = config;
  const http = openHttp({
    vendor: loginTexts,
    url: address,
    requestTimeout: config.requestTimeout,
    requestsInFlight: 2,
    headers: { accept: 'application/json' },
    ...(body === 'form' ? { bodyType: 'application/x-www-form-urlencoded' } : {}),
    secrets: [...proxySecrets(config.proxy), appToken, refreshToken, systemUserToken],
    // Nothing of these answers is hashed.
    hashKey: 'none',
    redact,
    tls: readTls('SUPEROFFICE_', { caFile: config.caFile }),
    proxy: config.proxy,
  });
  const session = http.session({ requests: 0 });
  async function forEverybody<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw concerningEverybody(error);
    }
  }
  const ask = (call: Call) => forEverybody(() => session.request(call));
  return {
    address,
    ask,
    read: (schema, call) =>
      forEverybody(async () => checkShape(schema, await session.request(call), call, loginTexts)),
    close: http.close,
    destroy: http.destroy,
  };
}

/** The error of a sign-in that a person has to put right. It says nothing of what was sent. */
export function signInFailure(
  problem: string,
  advice: string,
  facts: Pick<FailureFacts, 'operation' | 'status' | 'vendorMessage'>,
): Misconfigured {
  return new Misconfigured(problem, advice, { vendor: 'superoffice', remedy: 'stop-run', ...facts });
}

/** A sign-in that is refused, or not answered as documented, is no matter of one user. */
function concerningEverybody(error: unknown): unknown {
  if (!(error instanceof VendorError) || error.remedy === 'retry-batch' || error.remedy === 'stop-run')
    return error;
  const { problem, advice, operation, status, vendorMessage } = error;
  return signInFailure(problem, error.status === undefined ? advice : checkLogin, {
    operation,
    ...(status === undefined ? {} : { status }),
    ...(vendorMessage === undefined ? {} : { vendorMessage }),
  });
}

const addressIn = 'SUPEROFFICE_ENVIRONMENT and SUPEROFFICE_LOGIN_URL';
const checkLogin = `Check ${addressIn}, SUPEROFFICE_TENANT, and the app at SuperOffice.`;

/** What the errors of that host are made of. */
export const loginTexts: VendorTexts = {
  name: 'superoffice',
  title: 'SuperOffice sign-in',
  addressIn,
  onUnauthorized: 'Check SUPEROFFICE_CLIENT_ID and SUPEROFFICE_APP_TOKEN.',
  onForbidden: { reason: 'this app may not sign in', advice: checkLogin },
  onForbiddenPage: `${checkLogin} A firewall or gateway on the way may also refuse this host.`,
  onWindowsSignIn: 'What answers is not SuperOffice: check the proxies and gateways on the way.',
  onMethodNotAllowed: { reason: 'this host does not support the operation', advice: checkLogin },
};

import { hash, randomBytes } from 'node:crypto';
import type { DateTime } from 'luxon';
import { loginAddress } from '../../../config/vendors/superoffice-online.ts';
import { required } from '../../http/transport/headers.ts';
import { askForTokens } from './access-token.ts';
import { type IdentityClaims, readJwt } from './jwt.ts';
import { type LoginConfig, openLogin, signInFailure } from './login.ts';

/** What an administrator granted, once. */
export interface Grant {
  readonly refreshToken: string;
  readonly claims: IdentityClaims;
}

/** A sign-in of a person in a browser, by an authorization code and PKCE. */
export interface Authorization {
  /** Where the person goes. */
  readonly address: URL;
  /** What comes back with the code, and must be the same. */
  readonly state: string;
  /** Trades the code for what was granted. @throws VendorError */
  redeem(code: string): Promise<Grant>;
  close(): Promise<void>;
}

const operation = 'POST login/common/oauth/tokens';

/**
 * Prepares a sign-in (docs.superoffice.com, *Authorization Code flow* and *OpenID Connect native apps*): `state` and a
 * challenge by S256 make sure that the code that comes back belongs to it.
 *
 * @param redirect where the browser brings the code, as it is registered with the app
 * @throws SettingError when a setting is missing
 */
export function prepareAuthorization(
  config: LoginConfig,
  redirect: string,
  now: () => DateTime,
): Authorization {
  const clientId = required('SUPEROFFICE_CLIENT_ID', config.clientId);
  const clientSecret = required('SUPEROFFICE_APP_TOKEN', config.appToken);
  const verifier = random();
  const state = random();
  const address = new URL('login/common/oauth/authorize', loginAddress(config));
  address.search = new URLSearchParams({
    client_id: clientId,
    scope: 'openid',
    redirect_uri: redirect,
    response_type: 'code',
    state,
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
    // Nobody is asked which of his tenants it is.
    ...(config.tenant === undefined ? {} : { acr_values: `tenant:${config.tenant}` }),
  }).toString();
  const login = openLogin(config, 'form', (text) => text.replaceAll(verifier, '[secret]'));
  return {
    address,
    state,
    close: login.destroy,
    async redeem(code) {
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: clientSecret,
        code,
        redirect_uri: redirect,
        code_verifier: verifier,
      });
      const tokens = await askForTokens(login, form, {
        problem: 'the code of this sign-in does not count, or no longer',
        advice: 'Run the command again, and sign in within ten minutes.',
      });
      const { refresh_token: refreshToken, id_token: idToken } = tokens;
      if (refreshToken === undefined || idToken === undefined) {
        throw signInFailure(
          `SuperOffice sign-in ${operation} failed: the answer has no ${refreshToken === undefined ? 'refresh token' : 'id token'}.`,
          'Check at SuperOffice that the app may use the authorization code flow.',
          { operation },
        );
      }
      const issuer = login.address.origin;
      const expected = {
        issuer,
        audience: clientId,
        tenant: config.tenant,
        now: now().toJSDate(),
        operation,
      };
      return { refreshToken, claims: await readJwt(idToken, login, expected) };
    },
  };
}

/** 43 characters, which is what PKCE asks for at least (RFC 7636, section 4.1). */
function random(): string {
  return randomBytes(32).toString('base64url');
}

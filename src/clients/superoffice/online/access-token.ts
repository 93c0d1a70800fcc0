import { z } from 'zod';
import type { SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import type { Answer, Call } from '../../call.ts';
import { checkShape } from '../../http/check-shape.ts';
import { required } from '../../http/transport/headers.ts';
import { handle } from '../../sizes.ts';
import { type Login, loginTexts, signInFailure } from './login.ts';

/**
 * The answer of the token endpoint (docs.superoffice.com, *Authorization Code flow*). Its lifetime is a number of seconds,
 * and samples have it as a text. A refresh token only comes with an authorization code.
 */
const Tokens = z.object({
  access_token: handle.regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().max(31_536_000),
  refresh_token: handle.optional(),
  id_token: handle.optional(),
});
export type Tokens = z.infer<typeof Tokens>;

/** An error of the token endpoint (RFC 6749, section 5.2). */
const OAuthError = z.object({ error: z.string() });

const operation = 'POST login/common/oauth/tokens';

/** Asks for an access token by a refresh token, which stays the same. @throws VendorError */
export function refresh(login: Login, config: SuperofficeConfig): Promise<Tokens> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: required('SUPEROFFICE_CLIENT_ID', config.clientId),
    client_secret: required('SUPEROFFICE_APP_TOKEN', config.appToken),
    refresh_token: required('SUPEROFFICE_REFRESH_TOKEN', config.refreshToken),
  });
  return askForTokens(login, form, {
    problem: 'the authorization of SUPEROFFICE_REFRESH_TOKEN was revoked, or has expired',
    advice:
      'Run caretaker superoffice login to authorize the app again, and put the new refresh token in place of the old one. A running worker reads the file again.',
  });
}

/**
 * Asks the token endpoint. What is secret stands in the body: an address is written into the logs of gateways.
 *
 * @param onInvalidGrant what it means, and what to do, when what was brought counts no longer
 * @throws VendorError
 */
export async function askForTokens(
  login: Login,
  form: URLSearchParams,
  onInvalidGrant: { readonly problem: string; readonly advice: string },
): Promise<Tokens> {
  const call: Call = {
    operation,
    method: 'POST',
    path: 'login/common/oauth/tokens',
    body: form.toString(),
    subject: 'the app',
    expects: [400, 401],
  };
  const answer = await login.ask(call);
  if (answer.status < 300) return checkShape(Tokens, answer, call, loginTexts);
  throw refused(answer, onInvalidGrant);
}

function refused({ status, json }: Answer, onInvalidGrant: { problem: string; advice: string }) {
  const { error } = OAuthError.safeParse(json).data ?? {};
  const failure = (problem: string, advice: string) =>
    signInFailure(`SuperOffice sign-in ${operation} failed: ${problem}.`, advice, { operation, status });
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return failure(
      'SuperOffice does not accept the app',
      'Check SUPEROFFICE_CLIENT_ID, SUPEROFFICE_APP_TOKEN and SUPEROFFICE_ENVIRONMENT.',
    );
  }
  if (error === 'invalid_grant') return failure(onInvalidGrant.problem, onInvalidGrant.advice);
  // The vendor documents no codes: which of the two it is, it does not have to say.
  return failure(
    `${onInvalidGrant.problem}, or SuperOffice does not accept the app (status ${status})`,
    `${onInvalidGrant.advice} If that changes nothing, check SUPEROFFICE_CLIENT_ID and SUPEROFFICE_APP_TOKEN.`,
  );
}

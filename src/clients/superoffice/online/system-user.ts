import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DateTime } from 'luxon';
import { z } from 'zod';
import type { SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import { SettingError } from '../../../domain/setting-error.ts';
import { systemErrorText } from '../../../domain/system-error.ts';
import type { Call } from '../../call.ts';
import { headerText, required } from '../../http/transport/headers.ts';
import { anyText, handle } from '../../sizes.ts';
import { type IdentityClaims, readJwt } from './jwt.ts';
import { type Login, signInFailure } from './login.ts';

/** Who issues the tokens of system users (docs.superoffice.com, *Validating security tokens*). */
const issuer = 'SuperOffice AS';

/** `{IsSuccessful, Token, ErrorMessage}` (docs.superoffice.com, *How to get a system user ticket credential*). */
const Authentication = z.object({
  IsSuccessful: z.boolean(),
  Token: handle.nullish(),
  ErrorMessage: anyText.nullish(),
});

const operation = 'POST Login/api/PartnerSystemUser/Authenticate';

/** What signs in as a system user, and as whom. */
export interface Ticket {
  readonly ticket: string;
  readonly claims: IdentityClaims;
}

/**
 * Gets a ticket of the system user.
 *
 * @throws VendorError, or SettingError when the key cannot be used
 */
export async function getTicket(login: Login, config: SuperofficeConfig, now: DateTime): Promise<Ticket> {
  const tenant = required('SUPEROFFICE_TENANT', config.tenant);
  const call: Call = {
    operation,
    method: 'POST',
    path: 'Login/api/PartnerSystemUser/Authenticate',
    body: JSON.stringify({
      SignedSystemToken: signToken(
        required('SUPEROFFICE_SYSTEM_USER_TOKEN', config.systemUserToken),
        readPrivateKey(config.systemUserKeyFile),
        now,
      ),
      ApplicationToken: required('SUPEROFFICE_APP_TOKEN', config.appToken),
      ContextIdentifier: tenant,
      ReturnTokenType: 'JWT',
    }),
    subject: tenant,
  };
  const { IsSuccessful, Token } = await login.read(Authentication, call);
  if (!IsSuccessful || !Token) {
    // What the server says of it may hold what was sent.
    throw signInFailure(
      `SuperOffice sign-in ${operation} for ${tenant} failed: the system user is not let in. Its authorization was revoked, or token, key or app do not belong together.`,
      'Let an administrator of the tenant approve the app again, and check SUPEROFFICE_SYSTEM_USER_TOKEN, SUPEROFFICE_SYSTEM_USER_KEY_FILE, SUPEROFFICE_APP_TOKEN and the clock of this host.',
      { operation },
    );
  }
  const claims = await readJwt(Token, login, { issuer, tenant, now: now.toJSDate(), operation });
  const { ticket } = claims;
  if (ticket !== undefined) return { ticket: headerText('The ticket of the system user', ticket), claims };
  throw signInFailure(
    `SuperOffice sign-in ${operation} for ${tenant} failed: the token in the answer has no ticket.`,
    'Ask SuperOffice whether the app may use a system user.',
    { operation },
  );
}

/**
 * `<token>.<yyyyMMddHHmm in UTC>.<signature>`: RSA-SHA256, PKCS#1 v1.5, in base64 (docs.superoffice.com, *How to sign
 * system user token*).
 */
function signToken(token: string, key: KeyObject, now: DateTime): string {
  const text = `${token}.${now.toUTC().toFormat('yyyyMMddHHmm')}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text, 'utf8'), key).toString('base64')}`;
}

/** Reads the key of the app. @throws SettingError when it is none of RSA in PEM format */
export function readPrivateKey(path: string | undefined): KeyObject {
  const file = required('SUPEROFFICE_SYSTEM_USER_KEY_FILE', path);
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingError(
      `SUPEROFFICE_SYSTEM_USER_KEY_FILE: the file ${file} cannot be read: ${systemErrorText(error)}.`,
      'Check the path and its permissions.',
    );
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Told below, without what the library says of the key.
  }
  throw new SettingError(
    `SUPEROFFICE_SYSTEM_USER_KEY_FILE: ${file} contains no RSA private key in PEM format without a passphrase.`,
    'Convert the key of the app: SuperOffice also hands it out as XML.',
  );
}

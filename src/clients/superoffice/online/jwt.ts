import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { errorCode } from '../../../domain/system-error.ts';
import type { Call } from '../../call.ts';
import { type Login, signInFailure } from './login.ts';

/** How the claims of SuperOffice begin that OpenID Connect does not name. */
const scheme = 'http://schemes.superoffice.net/identity/';
/** So far two clocks may be apart, in seconds, as the vendor's own .NET library has it. */
const clockTolerance = 300;

const Claims = z.looseObject({
  [`${scheme}ctx`]: z.string().optional(),
  [`${scheme}upn`]: z.string().optional(),
  [`${scheme}serial`]: z.union([z.string(), z.number()]).optional(),
  [`${scheme}ticket`]: z.string().optional(),
  [`${scheme}system_token`]: z.string().optional(),
});

/** What a token of SuperOffice says; what it does not say is undefined. */
export interface IdentityClaims {
  /** The tenant: `Cust12345`. */
  readonly tenant: string | undefined;
  readonly user: string | undefined;
  readonly ticket: string | undefined;
  readonly systemUserToken: string | undefined;
}

/** What a token has to be. */
export interface Expected {
  readonly issuer: string;
  /** Left out, the serial number that the token names, as the token of a system user has it. */
  readonly audience?: string;
  readonly tenant: string | undefined;
  readonly now: Date;
  /** For errors: what was asked for. */
  readonly operation: string;
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Validates a JSON Web Token by the keys of the host that was signed in at, as the vendor describes it
 * (docs.superoffice.com, *Validating security tokens*): RS256, issuer, audience, time, tenant.
 *
 * @throws VendorError when it is not what it has to be; the token is in none
 */
export async function readJwt(token: string, login: Login, expected: Expected): Promise<IdentityClaims> {
  const { operation, tenant } = expected;
  const refuse = (why: string) =>
    signInFailure(
      `SuperOffice sign-in ${operation} failed: the token in the answer cannot be trusted: ${why}.`,
      'Check the clock of this host, SUPEROFFICE_ENVIRONMENT and SUPEROFFICE_TENANT, and what stands between this host and SuperOffice.',
      { operation },
    );
  const keys = await login.read(KeySet, keysCall);
  // Only those who sign in Online need it.
  const { createLocalJWKSet, jwtVerify } = await import('jose');
  let payload: JWTPayload;
  try {
    const verified = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      issuer: expected.issuer,
      ...(expected.audience === undefined ? {} : { audience: expected.audience }),
      requiredClaims: ['aud', 'exp'],
      currentDate: expected.now,
      clockTolerance,
    });
    payload = verified.payload;
  } catch (error) {
    throw refuse(errorCode(error) ?? 'it cannot be read');
  }
  const claims = Claims.safeParse(payload).data;
  if (!claims) throw refuse('its claims are not as documented');
  const serial = claims[`${scheme}serial`];
  if (expected.audience === undefined && (serial === undefined || payload.aud !== `spn:${serial}`))
    throw refuse('it is for another database');
  const found = claims[`${scheme}ctx`];
  if (tenant !== undefined && found !== undefined && found.toLowerCase() !== tenant.toLowerCase())
    throw refuse(`it is for another tenant than ${tenant}`);
  return {
    tenant: found,
    user: claims[`${scheme}upn`] ?? payload.sub,
    ticket: claims[`${scheme}ticket`],
    systemUserToken: claims[`${scheme}system_token`],
  };
}

const keysCall: Call = {
  operation: 'GET login/.well-known/jwks',
  method: 'GET',
  path: 'login/.well-known/jwks',
  subject: 'the keys of its tokens',
};

import { hash, randomBytes, verify } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Answer, html, json } from '../../http/answers.ts';
import type { App, Identity } from './identity.ts';

const scheme = 'http://schemes.superoffice.net/identity/';
/** So long after it was signed a token of a system user counts; nobody knows how long it really does. */
const signedForMs = 10 * 60_000;
const codeLifetimeMs = 10 * 60_000;
const serial = '1801550193';

/** What it takes to decide who is let in. */
export interface GrantParts {
  readonly tenant: string;
  readonly app: App;
  readonly clock: Clock;
  readonly identity: Identity;
  /** Of the host that is signed in at; known only once it listens. */
  readonly origin: () => string;
}

type Fields = Readonly<Record<string, string>>;

/** The answers to those who want to be let in, with fields that are all there. */
export interface Grants {
  /** The token endpoint: a refresh token, or the code of a sign-in. */
  redeem(form: Fields): Answer;
  /** The page where an administrator approves. */
  approve(query: Fields): Answer;
  /** The system user. */
  letIn(body: Readonly<Record<string, string | number>>): Answer;
}

/** Decides who is let in. */
export function createGrants({ tenant, app, clock, identity, origin }: GrantParts): Grants {
  const codes = new Map<string, { readonly challenge: string; readonly untilMs: number }>();

  function claims(issuer: string, audience: string) {
    const seconds = Math.floor(clock.now() / 1000);
    return {
      iss: issuer,
      aud: audience,
      sub: 'admin@example.com',
      nbf: seconds - 60,
      iat: seconds,
      exp: seconds + 300,
      [`${scheme}ctx`]: tenant,
      [`${scheme}upn`]: 'admin@example.com',
      [`${scheme}serial`]: serial,
    };
  }

  function tokens(more: object): Answer {
    const idToken = {
      ...claims(origin(), app.clientId),
      [`${scheme}system_token`]: identity.systemUserToken,
    };
    return json(200, {
      token_type: 'Bearer',
      access_token: identity.accessToken(),
      expires_in: 3600,
      id_token: identity.jwt(idToken),
      ...more,
    });
  }

  function redeem(form: Fields): Answer {
    if (form.client_id !== app.clientId || form.client_secret !== app.secret)
      return json(401, { error: 'invalid_client' });
    if (form.grant_type === 'refresh_token') {
      const isKnown = identity.refreshToken !== '' && form.refresh_token === identity.refreshToken;
      return isKnown ? tokens({}) : json(400, { error: 'invalid_grant' });
    }
    const code = codes.get(form.code ?? '');
    codes.delete(form.code ?? '');
    const verifier = hash('sha256', form.code_verifier ?? '', 'base64url');
    const isGood =
      code !== undefined &&
      code.untilMs > clock.now() &&
      code.challenge === verifier &&
      form.redirect_uri === app.redirectUri;
    return isGood ? tokens({ refresh_token: identity.refreshToken }) : json(400, { error: 'invalid_grant' });
  }

  /** An administrator who is signed in already, and approves. */
  function approve(query: Fields): Answer {
    if (
      query.client_id !== app.clientId ||
      query.redirect_uri !== app.redirectUri ||
      query.scope !== 'openid'
    )
      return html(400, 'The app or its redirect URL is not known.');
    const code = randomBytes(24).toString('hex');
    codes.set(code, { challenge: query.code_challenge ?? '', untilMs: clock.now() + codeLifetimeMs });
    const back = new URL(app.redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.state ?? '');
    return { status: 302, contentType: 'text/html', body: '', headers: { Location: back.href } };
  }

  function letIn(body: Readonly<Record<string, string | number>>): Answer {
    const [signature = '', time = '', ...token] = String(body.SignedSystemToken).split('.').reverse();
    const text = `${token.reverse().join('.')}.${time}`;
    const signedAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:00Z'));
    const isSigned = verify('RSA-SHA256', Buffer.from(text), app.publicKey, Buffer.from(signature, 'base64'));
    const isGood =
      isSigned &&
      Math.abs(clock.now() - signedAt) < signedForMs &&
      identity.systemUserToken !== '' &&
      text === `${identity.systemUserToken}.${time}` &&
      body.ApplicationToken === app.secret &&
      body.ContextIdentifier === tenant;
    if (!isGood)
      return json(200, {
        IsSuccessful: false,
        Token: null,
        ErrorMessage: `Not let in: ${body.SignedSystemToken}`,
      });
    const token2 = identity.jwt({
      ...claims('SuperOffice AS', `spn:${serial}`),
      [`${scheme}ticket`]: identity.ticket(),
    });
    return json(200, { IsSuccessful: true, Token: token2, ErrorMessage: null });
  }

  return { redeem, approve, letIn };
}

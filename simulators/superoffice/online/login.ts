import { hash, randomBytes, verify } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Answer, html, json } from '../../http/answers.ts';
import type { Faults } from '../../http/faults.ts';
import type { Prepared, VendorApi } from '../../http/server.ts';
import { type BadRequest, isBadRequest, readBody, readForm, readQuery } from '../../http/strict.ts';
import type { Traffic } from '../../http/traffic.ts';
import type { App, Identity } from './identity.ts';

const scheme = 'http://schemes.superoffice.net/identity/';
/** So long after it was signed a token of a system user counts; nobody knows how long it really does. */
const signedForMs = 10 * 60_000;
const codeLifetimeMs = 10 * 60_000;
const serial = '1801550193';

/** Where the tenant is, as the interface of its state answers. */
export interface TenantState {
  /** The name of a state, or what else is to be answered. */
  readonly state: string | number;
  readonly isRunning: boolean;
  /** Up to and with `/api`. */
  readonly api: string;
}

interface Parts {
  readonly tenant: string;
  readonly app: App;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly tenantState: () => TenantState;
  /** Of this server; known only once it listens. */
  readonly origin: () => string;
}

const operations = {
  state: 'GET api/state',
  otherState: 'GET api/state of another tenant',
  keys: 'GET login/.well-known/jwks',
  authorize: 'GET login/common/oauth/authorize',
  tokens: 'POST login/common/oauth/tokens',
  systemUser: 'POST Login/api/PartnerSystemUser/Authenticate',
} as const;

/** The host that is signed in at: state, tokens, system user and keys, as docs.superoffice.com describes them. */
export function loginApi(parts: Parts): VendorApi {
  const { tenant, app, clock, identity, traffic, faults } = parts;
  const codes = new Map<string, { readonly challenge: string; readonly untilMs: number }>();

  function refuse(operation: string, { problem }: BadRequest, answer: Answer): Prepared {
    traffic.violated(operation, problem);
    return { person: -1, carryOut: () => answer };
  }

  function state(): Answer {
    const { state, isRunning, api } = parts.tenantState();
    return json(200, {
      ContextIdentifier: tenant,
      Endpoint: api.replace(/\/api$/, ''),
      State: state,
      IsRunning: isRunning,
      ValidUntil: new Date(clock.now() + 600_000).toISOString().replace('Z', '4965Z'),
      Api: api,
      Version: 'Release_11.10_2026.02.24-02',
    });
  }

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
      ...claims(parts.origin(), app.clientId),
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

  function redeem(form: Readonly<Record<string, string>>): Answer {
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
  function approve(query: Readonly<Record<string, string>>): Answer {
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

  function prepare(
    operation: string,
    query: string,
    contentType: string | undefined,
    body: string,
  ): Prepared {
    const bare = (carryOut: () => Answer): Prepared => ({ person: -1, carryOut });
    if (operation === operations.authorize) {
      const fields = ['client_id', 'scope', 'redirect_uri', 'state', 'response_type', 'acr_values'];
      const values = readQuery(query, [...fields, 'code_challenge', 'code_challenge_method']);
      if (isBadRequest(values)) return refuse(operation, values, html(400, values.problem));
      const isSafe =
        values.response_type === 'code' &&
        values.code_challenge_method === 'S256' &&
        /^[\w-]{43}$/.test(values.code_challenge ?? '') &&
        (values.state ?? '').length >= 32;
      if (isSafe) return bare(() => approve(values));
      return refuse(operation, { problem: 'PKCE and state are needed', isViolation: true }, html(400, 'Bad'));
    }
    if (query !== '') {
      const problem = 'what signs in must not stand in an address';
      return refuse(operation, { problem, isViolation: true }, json(400, { error: 'invalid_request' }));
    }
    if (operation === operations.tokens) {
      const app = ['grant_type', 'client_id', 'client_secret'];
      const grant = new URLSearchParams(body).get('grant_type');
      const more = grant === 'refresh_token' ? ['refresh_token'] : ['code', 'redirect_uri', 'code_verifier'];
      const form = readForm(contentType, body, [...app, ...more]);
      if (isBadRequest(form)) return refuse(operation, form, json(400, { error: 'invalid_request' }));
      return bare(() => redeem(form));
    }
    if (operation === operations.systemUser) {
      const names = ['SignedSystemToken', 'ApplicationToken', 'ContextIdentifier', 'ReturnTokenType'];
      const shape = Object.fromEntries(names.map((name) => [name, 'string' as const]));
      const values = readBody(contentType, body, shape);
      if (isBadRequest(values)) return refuse(operation, values, json(400, { Message: values.problem }));
      return bare(() => letIn(values));
    }
    if (operation === operations.keys) return bare(() => json(200, identity.jwks()));
    if (operation === operations.state) return bare(state);
    return bare(() => json(200, { State: 'Unknown', IsRunning: false }));
  }

  return {
    traffic,
    faults,
    authorize: undefined,
    denied: html(401, 'Unauthorized'),
    switches: new Map(),
    operation(method, path) {
      const wanted = `${method} ${path.slice(1)}`.toLowerCase();
      if (wanted === `${operations.state}/${tenant}`.toLowerCase()) return operations.state;
      if (/^get api\/state\/cust\d+$/.test(wanted)) return operations.otherState;
      return Object.values(operations).find(
        (name) => name !== operations.state && name.toLowerCase() === wanted,
      );
    },
    prepare,
    unknown: () => html(404, 'File or directory not found.'),
    usernameOf: () => undefined,
    error: (status, message) => html(status, message),
  };
}

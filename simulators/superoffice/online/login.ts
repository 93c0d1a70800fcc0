import { type Answer, html, json } from '../../http/answers.ts';
import type { Faults } from '../../http/faults.ts';
import type { Prepared, VendorApi } from '../../http/server.ts';
import { type BadRequest, isBadRequest, readBody, readForm, readQuery } from '../../http/strict.ts';
import type { Traffic } from '../../http/traffic.ts';
import { createGrants, type GrantParts } from './grants.ts';

/** Where the tenant is, as the interface of its state answers. */
export interface TenantState {
  /** The name of a state, or what else is to be answered. */
  readonly state: string | number;
  readonly isRunning: boolean;
  /** Up to and with `/api`. */
  readonly api: string;
}

interface Parts extends GrantParts {
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly tenantState: () => TenantState;
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
  const { tenant, clock, identity, traffic, faults } = parts;
  const { redeem, approve, letIn } = createGrants(parts);

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

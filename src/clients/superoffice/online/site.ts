import type { DateTime } from 'luxon';
import type { SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import { type Redact, redactor } from '../../../security/redact.ts';
import { Misconfigured } from '../../errors/vendor-error.ts';
import { required } from '../../http/transport/headers.ts';
import { refresh } from './access-token.ts';
import { type Credential, type Credentials, createCredentials } from './credentials.ts';
import { type IdentityClaims, readJwt } from './jwt.ts';
import { type Login, openLogin } from './login.ts';
import { getTicket, readPrivateKey } from './system-user.ts';
import { addressOf, lookUpTenant, type Tenant } from './tenant.ts';

/** A ticket lives for six hours, and each use begins them anew (docs.superoffice.com, *System user flow*). */
const ticketLifetimeMs = 6 * 3_600_000;
/** So long an address is taken for granted: every run looks it up, and a batch of another process may be older. */
const addressAgeMs = 15 * 60_000;

/** Who signs in, as far as it is known. */
export interface Account {
  readonly user: string | undefined;
  readonly tenant: string | undefined;
  /** Until when what signs in can be renewed, epoch milliseconds; undefined where nobody says. */
  readonly endsAtMs: number | undefined;
}

/** A tenant of SuperOffice Online: where it is, and what signs in there. */
export interface Site {
  readonly credentials: Credentials;
  /** Where the tenant is, asked now or a while ago. @throws VendorError when it cannot be asked */
  address(): Promise<URL>;
  /** Asks where the tenant is. @throws VendorError when that cannot be known */
  lookUp(): Promise<Tenant>;
  /** Signs in, and says as whom. @throws VendorError */
  account(): Promise<Account>;
  /** Takes out of texts what was issued last, and before that. */
  readonly redact: Redact;
  /** The settings are others from now on. */
  renew(config: SuperofficeConfig): void;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * Opens what is known of a tenant; nothing is sent yet.
 *
 * @throws SettingError when a file cannot be used, or a setting is missing
 */
export function openSite(config: SuperofficeConfig, now: () => DateTime): Site {
  let current = config;
  let tenantId = required('SUPEROFFICE_TENANT', config.tenant);
  let issued: string[] = [];
  let redactIssued = redactor(issued);
  /** Secrets that were read again from their files. */
  const readAgain: (string | undefined)[] = [];
  const redact: Redact = (text) => redactIssued(text);
  let login = openLoginFor(config, redact);
  let identity: (() => Promise<IdentityClaims>) | undefined;
  let known: { readonly tenant: Tenant; readonly atMs: number } | undefined;
  let looking: Promise<Tenant> | undefined;
  const nowMs = () => now().toMillis();
  const credentials = createCredentials(signIn, nowMs);

  async function signIn(): Promise<Credential> {
    if (current.auth === 'system-user') {
      const { ticket, claims } = await getTicket(login, current, now());
      identity = async () => claims;
      const headers = { authorization: `SOTicket ${keep(ticket)}`, 'so-apptoken': current.appToken ?? '' };
      return { headers, lifetimeMs: ticketLifetimeMs, slides: true };
    }
    const { access_token, expires_in, id_token } = await refresh(login, current);
    const by = login;
    identity = id_token === undefined ? undefined : () => readIdToken(id_token, by, current, now());
    const headers = { authorization: `Bearer ${keep(access_token)}` };
    return { headers, lifetimeMs: expires_in * 1000, slides: false };
  }

  /** What was issued before may still be on its way. */
  function keep(secret: string): string {
    issued = [secret, ...issued].slice(0, 2);
    redactIssued = redactor([...issued, ...readAgain]);
    return secret;
  }

  function lookUp(): Promise<Tenant> {
    looking ??= lookUpTenant(login, tenantId)
      .then((tenant) => {
        known = { tenant, atMs: nowMs() };
        return tenant;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  return {
    credentials,
    redact,
    lookUp,
    async address() {
      if (known && nowMs() - known.atMs < addressAgeMs && known.tenant.meaning === 'running')
        return addressOf(known.tenant, tenantId);
      const before = known?.tenant;
      const tenant = await lookUp().catch((error: unknown) => {
        // That the host that is signed in at cannot be reached says nothing of the tenant.
        if (error instanceof Misconfigured || before?.meaning !== 'running') throw error;
        return before;
      });
      return addressOf(tenant, tenantId);
    },
    async account() {
      await credentials.current();
      const { user, tenant } = (await identity?.()) ?? {};
      return { user, tenant, endsAtMs: await endOf(current.refreshToken) };
    },
    renew(config) {
      const next = openLoginFor(config, redact);
      const before = login;
      readAgain.push(config.appToken, config.refreshToken, config.systemUserToken);
      redactIssued = redactor([...issued, ...readAgain]);
      current = config;
      tenantId = required('SUPEROFFICE_TENANT', config.tenant);
      login = next;
      known = undefined;
      credentials.forget();
      before.close().catch(() => {});
    },
    close: () => login.close(),
    destroy: () => login.destroy(),
  };
}

function openLoginFor(config: SuperofficeConfig, redact: Redact): Login {
  if (config.auth === 'system-user') readPrivateKey(config.systemUserKeyFile);
  return openLogin(config, config.auth === 'refresh-token' ? 'form' : 'json', redact);
}

function readIdToken(
  token: string,
  login: Login,
  { clientId = '', tenant }: SuperofficeConfig,
  now: DateTime,
): Promise<IdentityClaims> {
  const issuer = login.address.origin;
  const operation = 'POST login/common/oauth/tokens';
  return readJwt(token, login, { issuer, audience: clientId, tenant, now: now.toJSDate(), operation });
}

/** Until when a refresh token counts, where it says so of itself: the vendor calls it a JWT, and documents no end. */
async function endOf(refreshToken: string | undefined): Promise<number | undefined> {
  if (refreshToken === undefined || refreshToken.split('.').length !== 3) return undefined;
  const { decodeJwt } = await import('jose');
  try {
    const { exp } = decodeJwt(refreshToken);
    return exp === undefined ? undefined : exp * 1000;
  } catch {
    return undefined;
  }
}

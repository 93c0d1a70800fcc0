import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Authorize } from '../../http/auth.ts';

/** The app that is registered, and what an administrator approved for it. */
export interface App {
  readonly clientId: string;
  readonly secret: string;
  /** Registered, to the letter. */
  readonly redirectUri: string;
  /** Of the pair that the app signs with. */
  readonly publicKey: KeyObject;
}

/** How long what is issued lives, in milliseconds. */
export interface Lifetimes {
  readonly accessTokenMs: number;
  readonly ticketMs: number;
  /** Whether each use of a ticket begins its life anew, as documented. */
  readonly ticketsSlide: boolean;
}

/** Who is who, and what was issued to them. */
export interface Identity {
  readonly refreshToken: string;
  readonly systemUserToken: string;
  /** Every credential that was ever issued, to look for where it must not be. */
  readonly issued: readonly string[];
  accessToken(): string;
  ticket(): string;
  /** Whether headers hold a credential that counts now. */
  readonly authorize: Authorize;
  /** The administrator withdraws his approval: nothing that was issued counts any more. */
  revoke(): void;
  /** He approves again, with other tokens. */
  approve(): void;
  jwks(): object;
  /** A JSON Web Token with these claims (RS256), or with what is forged of it. */
  jwt(claims: Readonly<Record<string, unknown>>): string;
  /** Other claims, or another key, in the tokens from now on: what a client must not fall for. */
  forge(forgery: Forgery): void;
}

/** What is wrong with a token. */
export interface Forgery {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
}

/** @param tenant as it stands in tokens */
export function createIdentity(tenant: string, app: App, clock: Clock, lifetimes: Lifetimes): Identity {
  const pair = keyPair();
  const kid = random(8);
  const issued: string[] = [];
  /** Until when each counts. */
  const tokens = new Map<string, number>();
  const tickets = new Map<string, number>();
  let approved = approval();
  let forgery: Forgery = {};

  function approval() {
    const refreshToken = `refresh-${random(24)}`;
    const systemUserToken = `Caretaker-${random(12)}`;
    issued.push(refreshToken, systemUserToken);
    return { refreshToken, systemUserToken };
  }

  function issue(into: Map<string, number>, kind: string, lifetimeMs: number): string {
    const credential = `${kind}:${tenant}.${random(24)}`;
    issued.push(credential);
    into.set(credential, clock.now() + lifetimeMs);
    return credential;
  }

  function counts(from: Map<string, number>, credential: string): boolean {
    return (from.get(credential) ?? 0) > clock.now();
  }

  return {
    get refreshToken() {
      return approved.refreshToken;
    },
    get systemUserToken() {
      return approved.systemUserToken;
    },
    issued,
    accessToken: () => issue(tokens, '8A', lifetimes.accessTokenMs),
    ticket: () => issue(tickets, '7T', lifetimes.ticketMs),
    authorize(headers) {
      const [scheme = '', credential = ''] = (headers.authorization ?? '').split(' ');
      if (scheme.toLowerCase() === 'bearer') return counts(tokens, credential);
      if (scheme.toLowerCase() !== 'soticket' || headers['so-apptoken'] !== app.secret) return false;
      if (!counts(tickets, credential)) return false;
      if (lifetimes.ticketsSlide) tickets.set(credential, clock.now() + lifetimes.ticketMs);
      return true;
    },
    revoke() {
      tokens.clear();
      tickets.clear();
      approved = { refreshToken: '', systemUserToken: '' };
    },
    approve() {
      approved = approval();
    },
    jwks: () => ({
      keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
    }),
    jwt(claims) {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', typ: 'JWT', kid })}.${part({ ...claims, ...forgery.claims })}`;
      const key = forgery.key ?? pair.privateKey;
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
    },
    forge(wanted) {
      forgery = wanted;
    },
  };
}

let made: ReturnType<typeof keyPair> | undefined;

/** Made once in a process: it takes a tenth of a second. */
function keyPair(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return made;
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

import { z } from 'zod';
import { type Kind, listOf, trimmed } from './kind.ts';

/** Any address that the URL standard can read. */
const url = z.url().transform((value) => new URL(value));
/** The address of a web server; what signs in there is set by itself. */
const webUrl = url.refine(
  ({ protocol, username, password, search, hash }) =>
    /^https?:$/.test(protocol) && !(username || password || search || hash),
);

/** The address of a web API. */
export const apiUrl: Kind<URL> = {
  expected: 'an http or https address up to and including /api/, without user, query or fragment',
  schema: webUrl.refine(({ pathname }) => /\/api\/?$/i.test(pathname)).transform(withSlash),
};

/** Where a person or a program signs in at SuperOffice Online: https, or plain http to this very machine. */
export const signInUrl: Kind<URL> = {
  expected: 'https://host, or http://127.0.0.1:port for a simulator, without path, user, query or fragment',
  schema: trimmed
    .pipe(webUrl)
    .refine(({ pathname }) => pathname === '/')
    .refine((address) => address.protocol === 'https:' || isLoopbackAddress(address)),
};

/** The customer of SuperOffice Online, as its addresses name it. */
export const tenantId: Kind<string> = {
  expected: 'the id of the customer such as Cust12345',
  schema: trimmed.regex(/^Cust\d{1,10}$/),
};

/** The address of a collector of traces. */
export const collectorUrl: Kind<URL> = {
  expected: 'an http or https address without user, query or fragment',
  schema: webUrl,
};

/** The address of a proxy. User and password of the result can be percent-decoded. */
export const proxyUrl: Kind<URL> = {
  expected: 'http://[user:password@]host[:port], user and password percent-encoded',
  schema: trimmed
    .pipe(url)
    .refine(
      ({ protocol, username, password, pathname, search, hash }) =>
        protocol === 'http:' &&
        isDecodable(username) &&
        isDecodable(password) &&
        pathname === '/' &&
        !(search || hash),
    ),
};

/** The address of Redis. User and password of the result can be percent-decoded; a socket's path is its pathname. */
export const redisUrl: Kind<URL> = {
  expected:
    'redis://[user:password@]host[:6379][/db], rediss://… for TLS, or unix://[user:password@]/path/to/redis.sock[?db=1], user and password percent-encoded',
  schema: trimmed
    // The URL standard wants a host behind a user; a socket has none.
    .transform((value) => value.replace(/^(unix:\/\/[^/]*@)\//, '$1localhost/'))
    .pipe(url)
    .refine(({ username, password, hash }) => isDecodable(username) && isDecodable(password) && !hash)
    .refine((address) =>
      address.protocol === 'unix:' ? isSocketAddress(address) : isServerAddress(address),
    ),
};

/** A server by its name or address. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Servers, separated by commas. */
export function servers(defaultPort: number): Kind<readonly HostPort[]> {
  const server = z
    .string()
    .transform((word) => /^(?:([\w.-]+)|\[([\da-f:.]+)\])(?::(\d{1,5}))?$/i.exec(word) ?? [])
    .transform(([, name, address, port = defaultPort]) => ({ host: name ?? address, port: Number(port) }))
    .pipe(z.object({ host: z.string(), port: z.int().max(65_535) }));
  return {
    expected: `hosts with their ports such as one.example:${defaultPort},two.example:${defaultPort} (port ${defaultPort} when left out)`,
    schema: listOf(server),
  };
}

/** A key prefix for Redis. Braces keep all keys on one slot of a Redis Cluster. */
export const keyPrefix: Kind<string> = {
  expected: 'letters, digits, "-", "_" and braces such as {caretaker}, at most 64 characters',
  schema: trimmed.regex(/^[A-Za-z0-9_{}-]{1,64}$/),
};

/** The name of an attribute of a directory. */
export const attributeName: Kind<string> = {
  expected: 'the name of an attribute such as sAMAccountName',
  schema: trimmed.regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/),
};

/** The name of a column of an archive of SuperOffice. */
export const columnName: Kind<string> = {
  expected: 'the name of a column such as userName',
  schema: trimmed.regex(/^[A-Za-z][A-Za-z0-9_/]{0,63}$/),
};

/** Whether an address names this machine by number: a name such as localhost leads wherever somebody says. */
export function isLoopbackAddress({ hostname }: URL): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function withSlash(address: URL): URL {
  const whole = new URL(address);
  if (!whole.pathname.endsWith('/')) whole.pathname += '/';
  return whole;
}

function isServerAddress({ protocol, hostname, pathname, search }: URL): boolean {
  return /^rediss?:$/.test(protocol) && hostname !== '' && !search && isDatabase(pathname.slice(1));
}

function isSocketAddress(address: URL): boolean {
  // unix://run/redis.sock would mean /redis.sock on a host called run.
  if (!['', 'localhost'].includes(address.hostname) || address.pathname.length < 2) return false;
  if ([...address.searchParams.keys()].some((key) => key !== 'db')) return false;
  return isDecodable(address.pathname) && isDatabase(address.searchParams.get('db') ?? '');
}

function isDatabase(text: string): boolean {
  return /^\d{0,5}$/.test(text);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

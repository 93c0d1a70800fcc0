import { type Kind, parsed, splitList } from './kind.ts';

/** The address of a web API. */
export const apiUrl: Kind<URL> = {
  expected: 'an http or https address up to and with /api/, without user, query or fragment',
  schema: parsed((value) => {
    const url = URL.parse(value);
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
      return;
    if (!/\/api\/?$/i.test(url.pathname)) return;
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  }),
};

/** The address of Redis. User and password of the result can be percent-decoded; a socket's path is its pathname. */
export const redisUrl: Kind<URL> = {
  expected:
    'redis://[user:password@]host[:6379][/db], rediss://… for TLS, or unix://[user:password@]/path/to/redis.sock[?db=1], user and password percent-encoded',
  schema: parsed((value) => {
    // The URL standard wants a host behind a user; a socket has none.
    const url = URL.parse(value.replace(/^(unix:\/\/[^/]*@)\//, '$1localhost/'));
    if (!url || !isDecodable(url.username) || !isDecodable(url.password) || url.hash) return;
    if (url.protocol === 'unix:') return isSocketAddress(url) ? url : undefined;
    if (!/^rediss?:$/.test(url.protocol) || url.hostname === '' || url.search) return;
    return isDatabase(url.pathname.slice(1)) ? url : undefined;
  }),
};

/** A server by its name or address. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Servers, separated by commas. */
export function servers(defaultPort: number): Kind<readonly HostPort[]> {
  return {
    expected: `hosts with their ports such as one.example:${defaultPort},two.example:${defaultPort} (port ${defaultPort} when left out)`,
    schema: parsed((value) => {
      const found = splitList(value).map((word) => readServer(word, defaultPort));
      const right = found.filter((server) => server !== undefined);
      return right.length > 0 && right.length === found.length ? right : undefined;
    }),
  };
}

/** A key prefix for Redis. Braces keep all keys on one slot of a Redis Cluster. */
export const keyPrefix: Kind<string> = {
  expected: 'letters, digits, "-", "_" and braces such as {caretaker}',
  schema: parsed((value) => (/^[A-Za-z0-9_{}-]{1,64}$/.test(value) ? value : undefined)),
};

/** The name of an HTTP header. */
export const headerName: Kind<string> = {
  expected: 'the name of an HTTP header such as X-Api-Key',
  schema: parsed((value) => (/^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : undefined)),
};

/** What can stand in an HTTP header. */
export const headerValue: Kind<string> = {
  expected: 'a text without line breaks, control characters or characters beyond Latin-1',
  schema: parsed((value) => (/^[\t\x20-\x7e\xa0-\xff]+$/.test(value) ? value : undefined)),
};

function readServer(word: string, defaultPort: number): HostPort | undefined {
  const [, name, address, port = defaultPort] =
    /^(?:([\w.-]+)|\[([\da-f:.]+)\])(?::(\d{1,5}))?$/i.exec(word) ?? [];
  const host = name ?? address;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

function isSocketAddress(url: URL): boolean {
  // unix://run/redis.sock would mean /redis.sock on a host called run.
  if (!['', 'localhost'].includes(url.hostname) || url.pathname.length < 2) return false;
  if ([...url.searchParams.keys()].some((key) => key !== 'db')) return false;
  return isDecodable(url.pathname) && isDatabase(url.searchParams.get('db') ?? '');
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

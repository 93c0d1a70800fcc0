import { lookup } from 'node:dns/promises';
import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import { readTls } from './tls.ts';

/** What a server showed before anything was asked of it. */
export interface Handshake {
  /** The address behind the name. */
  readonly address: string;
  /** Milliseconds to connect, the name and the certificate included. */
  readonly tookMs: number;
  /** Left out over plain http. */
  readonly certificate?: {
    /** Epoch milliseconds. */
    readonly validToMs: number;
    /** The code of node:tls when it is not trusted. */
    readonly untrusted: string | undefined;
  };
}

/**
 * Connects to the server of an address and hangs up again; nothing is sent but what TLS needs.
 *
 * @param prefix of the vendor's variables, for the messages of `readTls`
 * @throws Error with a `code` when no connection comes about in time
 */
export async function shakeHands(
  url: URL,
  prefix: string,
  caFile: string | undefined,
  timeoutMs: number,
): Promise<Handshake> {
  const startedAt = performance.now();
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const { address } = await lookup(host);
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = isSecure
    ? connectSecure(
        { host, port, ...serverName(host), ...readTls(prefix, { caFile }), rejectUnauthorized: false },
        resolve,
      )
    : connectPlain({ host, port }, resolve);
  socket.on('error', reject);
  const timer = setTimeout(
    () => reject(Object.assign(new Error('no connection came about in time'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  try {
    await promise;
    const tookMs = Math.round(performance.now() - startedAt);
    return isSecure ? { address, tookMs, certificate: shown(socket as TLSSocket) } : { address, tookMs };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** An address is no name that a server could be asked for. */
function serverName(host: string) {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function shown(socket: TLSSocket): NonNullable<Handshake['certificate']> {
  const error: unknown = socket.authorizationError;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    validToMs: Date.parse(socket.getPeerCertificate().valid_to),
    untrusted: socket.authorized ? undefined : code,
  };
}

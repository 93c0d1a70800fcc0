import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, TLSSocket } from 'node:tls';
import { type PemFiles, readTls } from '../../security/tls.ts';

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
  files: PemFiles,
  timeoutMs: number,
): Promise<Handshake> {
  const startedAt = performance.now();
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(Object.assign(new Error('no connection came about in time'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  let socket: Socket | undefined;
  try {
    const { address } = await Promise.race([lookup(host), late.promise]);
    socket = connectTo(url, host, prefix, files);
    const isSecure = socket instanceof TLSSocket;
    await Promise.race([once(socket, isSecure ? 'secureConnect' : 'connect'), late.promise]);
    const tookMs = Math.round(performance.now() - startedAt);
    return { address, tookMs, ...(socket instanceof TLSSocket ? { certificate: shown(socket) } : {}) };
  } finally {
    clearTimeout(timer);
    // What is said after we have given up concerns nobody.
    socket?.on('error', () => {});
    socket?.destroy();
  }
}

function connectTo(url: URL, host: string, prefix: string, files: PemFiles): Socket {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  if (!isSecure) return connectPlain({ host, port });
  // An untrusted certificate is to be told, not to end the look at it.
  return connectSecure({
    host,
    port,
    ...serverName(host),
    ...readTls(prefix, files),
    rejectUnauthorized: false,
  });
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

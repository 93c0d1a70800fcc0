import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, TLSSocket } from 'node:tls';
import { errorCode } from '../../domain/system-error.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import { type PemFiles, readTls } from '../../security/tls.ts';

/** What a server shows when somebody connects, before anything is asked of it. */
export interface Handshake {
  /** The IP address behind the host name. */
  readonly address: string;
  /** Milliseconds to connect, DNS and TLS included. */
  readonly tookMs: number;
  /** Left out over plain http. */
  readonly certificate?: ServerCertificate;
}

/** The certificate of a server. */
export interface ServerCertificate {
  /** Epoch milliseconds. */
  readonly validToMs: number;
  /** The code of node:tls when it is not trusted. */
  readonly untrusted: string | undefined;
}

/**
 * Connects to a server and disconnects again; nothing is sent but what TLS needs.
 *
 * @param prefix of the vendor's variables, for the errors of `readTls`
 * @throws SettingError when a PEM file cannot be used, otherwise an error with the `code` of the system or of node:tls
 */
export async function shakeHands(
  url: URL,
  prefix: string,
  files: PemFiles,
  timeoutMs: number,
): Promise<Handshake> {
  const startedAt = performance.now();
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const deadline = new AbortController();
  const shaken = connect(url, host, { prefix, files, signal: deadline.signal });
  const handshake = await withDeadline(shaken, timeoutMs, undefined);
  // Ends a connection that is late.
  deadline.abort();
  if (handshake === undefined) {
    throw Object.assign(new Error('connection timed out'), { code: 'ETIMEDOUT' });
  }
  return { ...handshake, tookMs: Math.round(performance.now() - startedAt) };
}

interface ConnectOptions {
  readonly prefix: string;
  readonly files: PemFiles;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

async function connect(
  url: URL,
  host: string,
  { prefix, files, signal }: ConnectOptions,
): Promise<Omit<Handshake, 'tookMs'>> {
  const { address } = await lookup(host);
  signal.throwIfAborted();
  const socket = openSocket(url, host, prefix, files);
  try {
    await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect', { signal });
    return { address, ...(socket instanceof TLSSocket ? { certificate: certificateOf(socket) } : {}) };
  } finally {
    // What fails after the handshake is of no interest.
    socket.on('error', () => {});
    socket.destroy();
  }
}

function openSocket(url: URL, host: string, prefix: string, files: PemFiles): Socket {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  if (!isSecure) return connectPlain({ host, port });
  // An untrusted certificate is a finding of its own; it must not end the handshake.
  return connectSecure({
    host,
    port,
    ...serverName(host),
    ...readTls(prefix, files),
    rejectUnauthorized: false,
  });
}

/** TLS asks a server for a name; an IP address is none. */
function serverName(host: string) {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function certificateOf(socket: TLSSocket): ServerCertificate {
  const error: unknown = socket.authorizationError;
  return {
    validToMs: Date.parse(socket.getPeerCertificate().valid_to),
    untrusted: socket.authorized ? undefined : (errorCode(error) ?? String(error)),
  };
}

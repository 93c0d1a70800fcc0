import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, TLSSocket } from 'node:tls';
import { openTunnel } from '../../../clients/http/transport/tunnel.ts';
import { errorCode } from '../../../domain/system-error.ts';
import { withDeadline } from '../../../domain/with-deadline.ts';
import { type PemFiles, readTls } from '../../../security/tls.ts';

/** What a server shows when somebody connects, before anything is asked of it. */
export interface Handshake {
  /** The IP address behind the host name, or the proxy on the way, which is the one to look that up. */
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
 * Connects to a server and disconnects again; nothing is sent but what TLS and a proxy need.
 *
 * @throws SettingError when a PEM file cannot be used, ProxyFailure when the proxy opens no way, otherwise an error with
 *   the `code` of the system or of node:tls
 */
export async function shakeHands(url: URL, way: Way, timeoutMs: number): Promise<Handshake> {
  const startedAt = performance.now();
  const deadline = new AbortController();
  const { proxy } = way;
  const shaken = proxy ? connectThrough(proxy, url, way, timeoutMs) : connect(url, way, deadline.signal);
  const handshake = await withDeadline(shaken, timeoutMs, undefined);
  // Ends a connection that is late.
  deadline.abort();
  if (handshake === undefined) {
    throw Object.assign(new Error('connection timed out'), { code: 'ETIMEDOUT' });
  }
  return { ...handshake, tookMs: Math.round(performance.now() - startedAt) };
}

/** How a server is reached. */
interface Way {
  /** Of the vendor's variables, for the errors of `readTls`. */
  readonly prefix: string;
  readonly files: PemFiles;
  readonly proxy: URL | undefined;
}

/** @param signal ends the connection */
async function connect(url: URL, way: Way, signal: AbortSignal): Promise<Omit<Handshake, 'tookMs'>> {
  const host = hostOf(url);
  const { address } = await lookup(host);
  signal.throwIfAborted();
  const port = Number(url.port || (isSecure(url) ? 443 : 80));
  const socket = isSecure(url)
    ? connectSecure({ host, port, ...tlsOptions(host, way) })
    : connectPlain({ host, port });
  return { address, ...(await whenShaken(socket, signal)) };
}

/** A proxy is asked for a way to an https server only: it may refuse one to any other. */
async function connectThrough(
  proxy: URL,
  url: URL,
  way: Way,
  timeoutMs: number,
): Promise<Omit<Handshake, 'tookMs'>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const address = `the proxy ${proxy.host}`;
  if (!isSecure(url)) {
    const socket = connectPlain({ host: hostOf(proxy), port: Number(proxy.port || 80) });
    return { address, ...(await whenShaken(socket, signal)) };
  }
  const tunnel = await openTunnel(proxy, `${url.hostname}:${url.port || 443}`, timeoutMs);
  const socket = connectSecure({ socket: tunnel, ...tlsOptions(hostOf(url), way) });
  return { address, ...(await whenShaken(socket, signal)) };
}

async function whenShaken(socket: Socket, signal: AbortSignal): Promise<Pick<Handshake, 'certificate'>> {
  try {
    await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect', { signal });
    return socket instanceof TLSSocket ? { certificate: certificateOf(socket) } : {};
  } finally {
    // What fails after the handshake is of no interest.
    socket.on('error', () => {});
    socket.destroy();
  }
}

function tlsOptions(host: string, { prefix, files }: Way) {
  // An untrusted certificate is a finding of its own; it must not end the handshake.
  return { ...serverName(host), ...readTls(prefix, files), rejectUnauthorized: false };
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:';
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
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

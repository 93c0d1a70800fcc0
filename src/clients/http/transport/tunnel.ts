import { Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';
import { errorCode } from '../../../domain/system-error.ts';
import { ProxyFailure } from '../../errors/proxy-failure.ts';
import { basicAuthorization } from './headers.ts';

/** What signs in at a proxy, as a header; none where its address has no user. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  if (!proxy.username && !proxy.password) return {};
  const [username, password] = [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)];
  return { 'proxy-authorization': basicAuthorization(username, password) };
}

/** What of the address of a proxy must not appear in any message. */
export function proxySecrets(proxy: URL | undefined): readonly string[] {
  if (!proxy?.password) return [];
  const password = decodeURIComponent(proxy.password);
  const user = decodeURIComponent(proxy.username);
  return [proxy.password, password, `${user}:${password}`, ...Object.values(proxyHeaders(proxy))];
}

/**
 * Opens a way through a proxy to a server, by CONNECT.
 *
 * @param server host and port, an IPv6 address in brackets
 * @param signal gives it up
 * @throws ProxyFailure when the proxy does not answer in time, or does not open it
 */
export async function openTunnel(
  proxy: URL,
  server: string,
  timeoutMs: number,
  signal: AbortSignal | null = null,
): Promise<Socket> {
  const client = new Client(proxy.origin, {
    connect: { timeout: timeoutMs },
    allowH2: false,
    headersTimeout: timeoutMs,
  });
  try {
    const headers = { host: server, ...proxyHeaders(proxy) };
    const { statusCode, socket } = await client.connect({ path: server, headers, signal });
    if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
    // What fails after the answer is of no interest.
    socket.on('error', () => {}).destroy();
    throw new ProxyFailure(proxy, statusCode);
  } catch (error) {
    throw error instanceof ProxyFailure ? error : new ProxyFailure(proxy, errorCode(error) ?? '');
  } finally {
    // The socket is no longer the client's.
    client.destroy().catch(() => {});
  }
}

/** Makes of what connects what goes another way. */
export type Detour = (connect: buildConnector.connector) => buildConnector.connector;

/** The proxy itself is what is connected to. */
export function toProxy(proxy: URL): Detour {
  return (connect) => (target, callback) =>
    connect(target, (error, socket) =>
      error ? callback(new ProxyFailure(proxy, errorCode(error) ?? ''), null) : callback(null, socket),
    );
}

/** The proxy opens a way to the server first; `signal` gives up those that are not open yet. */
export function throughProxy(proxy: URL, timeoutMs: number, signal: AbortSignal): Detour {
  return (connect) => (target, callback) => {
    const host = target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname;
    openTunnel(proxy, `${host}:${target.port || 443}`, timeoutMs, signal).then(
      (httpSocket) => connect({ ...target, httpSocket }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

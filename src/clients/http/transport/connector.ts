import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { TlsSettings } from '../../../security/tls.ts';
import { isCertificateRefused } from '../../errors/connection-failure.ts';
import type { Detour } from './tunnel.ts';

/**
 * What all connections read into. By itself Node.js takes 64 KB from the system for each part of an answer and gives most
 * of it back, which costs more than to copy the few hundred bytes that came. Nobody else can read before they are copied.
 * Measured: 8 % less CPU for each user of a purge (docs/performance.md).
 */
const onread = {
  buffer: Buffer.allocUnsafeSlow(64 * 1024),
  callback(this: Socket, size: number, buffer: Uint8Array): boolean {
    return this.push(Buffer.from(buffer.subarray(0, size)));
  },
};

/**
 * Makes what connects, by HTTP/1.1 only, and tells `onCertificateRefused` the code when a server refuses our certificate.
 * In TLS 1.3 it does so after the handshake, and undici then reports no more than a closed connection.
 *
 * @param through what is on the way
 */
export function createConnector(
  tls: TlsSettings,
  timeoutMs: number,
  onCertificateRefused: (code: string) => void,
  through: Detour = (connect) => connect,
): buildConnector.connector {
  const connect = through(buildConnector({ ...tls, allowH2: false, timeout: timeoutMs, onread }));
  return (target, callback) =>
    connect(target, (...outcome) => {
      const [, socket] = outcome;
      if (target.protocol === 'https:')
        socket?.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code !== undefined && isCertificateRefused(error.code)) onCertificateRefused(error.code);
        });
      callback(...outcome);
    });
}

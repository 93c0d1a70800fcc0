import { errorCode } from '../../domain/system-error.ts';
import { envPrefix } from '../../domain/vendor.ts';
import { certificateCodes, isUntrustedCertificate } from '../../security/tls.ts';
import { addressVariables, certificateAdvice } from './advice.ts';
import { connectionWords } from './code-text.ts';
import { ProxyFailure, proxyFailure } from './proxy-failure.ts';
import type { Subject } from './subject.ts';
import {
  type FailureFacts,
  Interrupted,
  Misconfigured,
  Unreachable,
  Unreadable,
  type VendorError,
} from './vendor-error.ts';

const closedByPeer = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Whether what was thrown says that the server closed the connection. */
export function isClosedByPeer(thrown: unknown): boolean {
  return closedByPeer.has(errorCode(thrown) ?? '');
}

/** What ends an answer that keeps coming and does not come to its end. */
export function notWholeInTime(): Error {
  return Object.assign(new Error('the answer was not whole in time'), { code: 'NOT_WHOLE_IN_TIME' });
}

/** The error of a request that we ended ourselves, on its way or before it was sent. */
export function interruption({ vendor, operation, what }: Subject, wasSent: boolean): Interrupted {
  return new Interrupted(
    `${what}: the request was ${wasSent ? 'interrupted' : 'not sent'} because this process stops.`,
    'No action is needed: another worker continues the batch, unless its run is to stop.',
    { vendor: vendor.name, operation, remedy: 'retry-batch', wasSent },
  );
}

/**
 * The error that a failed exchange amounts to. Takes only the code from what was thrown: undici's errors hold sockets,
 * and what a library puts into a message may hold a header. `refusedCode` is the code with which the server refused our
 * certificate since the last answer.
 */
export function connectionFailure(
  thrown: unknown,
  subject: Subject,
  refusedCode: string | undefined,
): VendorError {
  const { vendor, what, address } = subject;
  if (thrown instanceof ProxyFailure) return proxyFailure(thrown, subject);
  const own = errorCode(thrown) ?? '';
  const code = closedByPeer.has(own) ? (refusedCode ?? own) : own;
  const prefix = envPrefix(vendor.name);
  const url = addressVariables(vendor);
  const facts = (remedy: FailureFacts['remedy']): FailureFacts => ({
    vendor: vendor.name,
    operation: subject.operation,
    remedy,
  });
  const misconfigured = (reason: string, advice: string) =>
    new Misconfigured(`${what}: ${reason}.`, advice, facts('stop-run'));
  const unreachable = (reason: string, advice: string) =>
    new Unreachable(`${what}: ${reason}.`, advice, facts('retry-batch'));

  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return interruption(subject, true);
  if (code === certificateCodes.expired)
    return misconfigured(
      `the certificate of ${address}, or of its authority, has expired`,
      'Renew it on the server. If it is still valid, correct the clock of this machine.',
    );
  if (code === certificateCodes.notYetValid)
    return misconfigured(
      `the certificate of ${address}, or of its authority, is not valid yet`,
      'Correct the clock of this machine, or the certificate on the server.',
    );
  if (isUntrustedCertificate(code))
    return misconfigured(
      `the certificate of ${address} is not trusted (${code})`,
      `Set ${prefix}CA_FILE to the certificate authority of the server, or correct ${url} if the certificate names another host name.`,
    );
  if (isCertificateRefused(code) && code.endsWith('CERTIFICATE_EXPIRED'))
    return misconfigured(
      `the server refuses our client certificate, because it has expired (${code})`,
      `Renew the certificate of ${prefix}CERTIFICATE_FILE.`,
    );
  if (isCertificateRefused(code))
    return misconfigured(
      `the server refuses our client certificate, or requires one (${code})`,
      certificateAdvice(vendor),
    );
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return misconfigured(
      `the TLS handshake with ${address} failed (${code})`,
      `Check whether ${url} should begin with http:// or use another port.`,
    );
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new Unreadable(
      `${what}: the answer exceeds the size limit.`,
      'Check this user on the server.',
      facts('fail-user'),
    );
  if (code.startsWith('HPE_'))
    return unreachable(`${address} does not speak HTTP (${code})`, `Check scheme and port in ${url}.`);
  const reason = connectionWords(code);
  return unreachable(
    `${reason} (${address}, ${code || 'no code'})`,
    code === 'ENOTFOUND'
      ? `Check the host name in ${url}, and DNS.`
      : `If this persists, check the network and ${url}.`,
  );
}

/** Codes of node:tls for a certificate of ours that the server refuses, or misses. */
const certificateRefused = /^ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/;

/** Whether a code says that the server did not take our certificate. */
export function isCertificateRefused(code: string): boolean {
  return certificateRefused.test(code);
}

import { envPrefix } from '../../domain/vendor.ts';
import { certificateAdvice, type Subject } from './response-failure.ts';
import {
  type FailureFacts,
  Interrupted,
  Misconfigured,
  Unreachable,
  Unreadable,
  type VendorError,
} from './vendor-error.ts';

/** Codes of node:tls for a certificate of the server that we do not trust. */
const untrusted =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'no connection came about in time',
  EAI_AGAIN: 'the name service does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the rest of the answer did not come in time',
  NOT_WHOLE_IN_TIME: 'the answer was not whole in time',
  UND_ERR_SOCKET: 'the connection was closed before the answer was whole',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut short',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
};

const closedByPeer = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** What ends an answer that keeps coming and does not come to its end. */
export function notWholeInTime(): Error {
  return Object.assign(new Error('the answer was not whole in time'), { code: 'NOT_WHOLE_IN_TIME' });
}

/** The error of a request that we ended ourselves, or did not send any more. */
export function interruption({ vendor, operation, what }: Subject): Interrupted {
  return new Interrupted(
    `${what}: the request was interrupted because the process is shutting down. The batch goes on with the next worker.`,
    { vendor: vendor.name, operation, remedy: 'retry-batch' },
  );
}

/**
 * The error that a failed exchange amounts to. Takes only the code from what was thrown: undici's errors hold sockets,
 * and what a library puts into a message may hold a header. `refusal` is the code with which the server refused our
 * certificate since the last answer.
 */
export function connectionFailure(
  thrown: unknown,
  subject: Subject,
  refusal: string | undefined,
): VendorError {
  const { vendor, what, address } = subject;
  const own = codeOf(thrown);
  const code = closedByPeer.has(own) ? (refusal ?? own) : own;
  const facts = (remedy: FailureFacts['remedy']): FailureFacts => ({
    vendor: vendor.name,
    operation: subject.operation,
    remedy,
  });
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return interruption(subject);
  if (untrusted.test(code))
    return new Misconfigured(
      `${what}: the certificate of ${address} is not trusted (${code}). Put the certificate authority of the server into ${envPrefix(vendor.name)}CA_FILE, or correct ${envPrefix(vendor.name)}URL if the host name is not the one in the certificate.`,
      facts('stop-run'),
    );
  if (isCertificateRefusal(code))
    return new Misconfigured(
      `${what}: the server refused our certificate, or wants one (${code}). ${certificateAdvice(vendor)}`,
      facts('stop-run'),
    );
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return new Misconfigured(
      `${what}: no secure connection with ${address} came about (${code}). Check whether ${envPrefix(vendor.name)}URL should begin with http:// or have another port.`,
      facts('stop-run'),
    );
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new Unreadable(
      `${what}: the answer is larger than we read. Look at this user on the server.`,
      facts('fail-user'),
    );
  if (code === 'ENOTFOUND')
    return new Unreachable(
      `${what}: the name of the host in ${address} is not known (ENOTFOUND). Check ${envPrefix(vendor.name)}URL and the name service.`,
      facts('retry-batch'),
    );
  if (code.startsWith('HPE_'))
    return new Unreachable(
      `${what}: what came from ${address} is not HTTP (${code}). Check scheme and port in ${envPrefix(vendor.name)}URL.`,
      facts('retry-batch'),
    );
  return new Unreachable(
    `${what}: ${reasons[code] ?? 'the connection failed'} (${address}, ${code || 'no code'}). The batch is tried again; if it stays so, check the network and ${envPrefix(vendor.name)}URL.`,
    facts('retry-batch'),
  );
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

/** Codes of node:tls for a certificate of ours that the server refuses, or misses. */
const certificateRefused = /^ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/;

/** Whether a code says that the server did not take our certificate. */
export function isCertificateRefusal(code: string): boolean {
  return certificateRefused.test(code);
}

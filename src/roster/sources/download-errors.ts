import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import { certificateCodes, isUntrustedCertificate } from '../../security/tls.ts';
import { RosterError } from '../errors.ts';

/** Codes of undici for a server that says nothing. */
const silent = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
/** Codes of undici for an answer that ends before its end. */
const cut = ['UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'];

/** The error for what the client or the system threw. */
export function brokenDownload(name: string, cause: unknown, timeoutMs: number): RosterError {
  const code = errorCode(cause) ?? '';
  if (silent.includes(code)) {
    return new RosterError(
      `The roster ${name} gave nothing for ${timeoutMs / 1000} s.`,
      'Check the server and the network. If it may take longer, raise CARETAKER_ROSTER_TIMEOUT.',
      { isAway: true },
    );
  }
  if (cut.includes(code)) {
    return new RosterError(
      `The roster ${name} ended before its end.`,
      'Check the log of the server, and what stands between: a proxy, a firewall, a load balancer.',
      { isAway: true },
    );
  }
  if (code === certificateCodes.expired) {
    return new RosterError(
      `The certificate of the server of the roster ${name} has expired.`,
      'Renew it on the server.',
    );
  }
  if (isUntrustedCertificate(code)) {
    return new RosterError(
      `The certificate of the server of the roster ${name} is not trusted, or is for another host (${code}).`,
      'Set ROSTER_HTTP_CA_FILE to the authority that issued it, and CARETAKER_ROSTER to the name that stands in it.',
    );
  }
  return new RosterError(
    `The roster ${name} cannot be fetched: ${systemErrorText(cause)}.`,
    'Check the address in CARETAKER_ROSTER, the network and the server.',
    { isAway: true },
  );
}

/** The error of an answer with another status than 200. */
export function refusedDownload(name: string, status: number): RosterError {
  return new RosterError(`The server of the roster ${name} answered ${status}.`, adviceFor(status), {
    isAway: status >= 500 || status === 429,
  });
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return 'Check ROSTER_HTTP_HEADER_NAME and ROSTER_HTTP_HEADER_VALUE.';
  if (status >= 300 && status < 400)
    return 'It leads elsewhere, and what signs in goes to the configured address only: set CARETAKER_ROSTER to the final one.';
  return status >= 500 ? 'Look at its log, and start again.' : 'Check the path in CARETAKER_ROSTER.';
}

/** The error of a web page in place of the roster. */
export function webPage(name: string): RosterError {
  return new RosterError(
    `The server of the roster ${name} answered with a web page, which may be one to sign in.`,
    'Check CARETAKER_ROSTER and ROSTER_HTTP_HEADER_VALUE.',
  );
}

/** The error of an answer of which nobody can tell whether it is whole. */
export function unmeasured(name: string): RosterError {
  return new RosterError(
    `The server of the roster ${name} does not say how long its answer is, so that a part may be missing.`,
    'Let it send Content-Length, or chunks.',
  );
}

/** The error of an answer that is larger than it may be. */
export function tooLarge(name: string, megabytes: number): RosterError {
  return new RosterError(
    `The roster ${name} is larger than ${megabytes} MB.`,
    'Check CARETAKER_ROSTER. If it may be so large, raise ROSTER_HTTP_MAX_MEGABYTES.',
  );
}

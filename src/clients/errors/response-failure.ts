import { envPrefix } from '../../domain/vendor.ts';
import { headerOf, type RawAnswer } from '../call.ts';
import { addressVariables, certificateAdvice, proxyCredentialsAdvice } from './advice.ts';
import { contentTypeOf, hasMarkup } from './answer-body.ts';
import { markupOf } from './markup.ts';
import { readRetryAfter } from './retry-after.ts';
import { isWindowsOnly, schemesOf } from './schemes.ts';
import type { Subject } from './subject.ts';
import {
  Broken,
  type FailureFacts,
  Misconfigured,
  Refused,
  type Remedy,
  Throttled,
  type VendorError,
} from './vendor-error.ts';

/** Whether an answer is anything but a success that may be read: a web page or XML is not, whatever its status. */
export function isFailure(answer: RawAnswer): boolean {
  return answer.status >= 300 || hasMarkup(answer);
}

/** The error that an answer which is a failure amounts to. */
export function failureOf(
  answer: RawAnswer,
  subject: Subject,
  vendorMessage: string | undefined,
): VendorError {
  const { status } = answer;
  const { vendor, what } = subject;
  const said = vendorMessage === undefined ? '' : ` (${vendorMessage})`;
  const facts = (remedy: FailureFacts['remedy']): FailureFacts => ({
    vendor: vendor.name,
    operation: subject.operation,
    remedy,
    status,
    ...(vendorMessage === undefined ? {} : { vendorMessage }),
  });
  const misconfigured = (reason: string, advice: string) =>
    new Misconfigured(`${what}: ${reason}.`, advice, facts(remedyOf(status)));
  const markup = hasMarkup(answer) ? markupOf(answer.body, contentTypeOf(answer)) : undefined;
  const answered = `the server answered ${status}${said}`;
  const prefix = envPrefix(vendor.name);
  const checkUrl = `Check ${addressVariables(vendor)} (${subject.address}).`;

  if (status < 300 && markup === 'xml')
    return misconfigured(
      `the server returned XML${said} instead of JSON`,
      `${checkUrl} The server, or a gateway in front of it, does not give the JSON that is asked for.`,
    );
  if (status < 300)
    return misconfigured(
      `the server returned a web page${said} instead of an API response`,
      `${checkUrl} A gateway or a login page may answer in its place.`,
    );
  if (status < 400)
    return misconfigured(`the server answered ${status}, a redirect, which is never followed`, checkUrl);
  if (status === 400 && markup === 'page' && isTlsComplaint(vendorMessage))
    return misconfigured(answered, `${checkUrl} ${certificateAdvice(vendor)}`);
  if (status === 400)
    return new Refused(
      `${what}: the server refused the request${said}.`,
      'Check this user in the roster and on the server.',
      facts('fail-user'),
    );
  const offered = status === 401 ? schemesOf(answer) : [];
  if (isWindowsOnly(offered))
    return misconfigured(`${answered}: it offers only ${offered.join(' and ')}`, vendor.onWindowsSignIn);
  if (status === 401)
    return misconfigured(`${answered}: it does not accept the credentials`, vendor.onUnauthorized);
  if (status === 403 && markup === 'page')
    return misconfigured(
      `${answered} with a web page: what refuses the request stands before the API`,
      vendor.onForbiddenPage,
    );
  if (status === 403)
    return misconfigured(`${answered}: ${vendor.onForbidden.reason}`, vendor.onForbidden.advice);
  if (status === 405)
    return misconfigured(
      `${answered}: ${vendor.onMethodNotAllowed.reason}`,
      vendor.onMethodNotAllowed.advice,
    );
  if (status === 407)
    return misconfigured(
      `${answered}: the proxy does not accept the credentials`,
      proxyCredentialsAdvice(prefix),
    );
  if (status === 421) return misconfigured(`${answered}: this host does not serve the tenant`, checkUrl);

  const retryAfterMs = readRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date'));
  if (status === 408 || status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    const wait = retryAfterMs === undefined ? '' : ` and asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
    return new Throttled(
      `${what}: ${answered}${wait}.`,
      `If this persists, lower ${prefix}REQUESTS_PER_SECOND.`,
      { ...facts('retry-batch'), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    );
  }
  if (status >= 500)
    return new Broken(
      `${what}: ${answered}.`,
      "If this persists, check the server's log.",
      facts('retry-batch'),
    );
  return misconfigured(answered, checkUrl);
}

/**
 * Credentials and client certificates (of 400, only complaints about them come here) are everybody's, and an account that
 * is tried further may be locked. Any other of these answers may be about one name, one id or one user.
 */
function remedyOf(status: number): Remedy {
  return status === 400 || status === 401 || status === 407 ? 'stop-run' : 'ask-others';
}

/** nginx answers so when a client certificate is missing or wrong, and when plain HTTP meets an HTTPS port. */
function isTlsComplaint(vendorMessage: string | undefined): boolean {
  return vendorMessage !== undefined && /SSL certificate|HTTPS port/i.test(vendorMessage);
}

import { DateTime } from 'luxon';
import { envPrefix } from '../../domain/vendor.ts';
import { headerOf, type RawAnswer } from '../call.ts';
import type { VendorTexts } from '../vendor-texts.ts';
import {
  Broken,
  type FailureFacts,
  Misconfigured,
  Refused,
  Throttled,
  Unreadable,
  type VendorError,
} from './vendor-error.ts';
import { looksLikeHtml } from './vendor-message.ts';

/** What a failure is about, for its message. */
export interface Subject {
  readonly vendor: VendorTexts;
  readonly operation: string;
  /** `Pointsharp ID GET Device for kari failed`; the reason follows. */
  readonly what: string;
  /** The address of the API, as configured. */
  readonly address: string;
}

/** Whether an answer is anything but a success that may be read: a web page is not, whatever its status. */
export function isFailure(answer: RawAnswer): boolean {
  return answer.status >= 300 || isHtml(answer);
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
  const misconfigured = (reason: string) => new Misconfigured(`${what}: ${reason}`, facts('stop-run'));
  const checkUrl = `Check ${envPrefix(vendor.name)}URL (${subject.address}).`;

  if (status < 300)
    return misconfigured(
      `a web page${said} came in place of an answer of the API. A gateway or a login page stands in front. ${checkUrl}`,
    );
  if (status < 400)
    return misconfigured(
      `the server answered ${status} and points elsewhere; that is never followed. ${checkUrl}`,
    );
  if (status === 400 && isHtml(answer) && isTlsComplaint(vendorMessage))
    return misconfigured(`the server answered 400${said}. ${checkUrl} ${certificateAdvice(vendor)}`);
  if (status === 400)
    return new Refused(
      `${what}: the server refused the request${said}. Check this user.`,
      facts('fail-user'),
    );
  if (status === 401)
    return misconfigured(
      `the server answered 401${said}: it does not accept our sign-in. ${vendor.onUnauthorised}`,
    );
  if (status === 403) return misconfigured(`the server answered 403${said}: ${vendor.onForbidden}`);
  if (status === 405) return misconfigured(`the server answered 405${said}: ${vendor.onMethodNotAllowed}`);
  if (status === 421)
    return misconfigured(`the server answered 421${said}: this is not the host of the tenant. ${checkUrl}`);

  const retryAfterMs = readRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date'));
  if (status === 408 || status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    const wait = retryAfterMs === undefined ? 'later' : `in ${Math.ceil(retryAfterMs / 1000)} s`;
    return new Throttled(
      `${what}: the server answered ${status}${said} and asks for patience. The batch is tried again ${wait}; if it stays so, lower ${envPrefix(vendor.name)}REQUESTS_PER_SECOND.`,
      { ...facts('retry-batch'), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    );
  }
  if (status >= 500)
    return new Broken(
      `${what}: the server answered ${status}${said}. The batch is tried again; if it stays so, look at the server's log.`,
      facts('retry-batch'),
    );
  return misconfigured(`the server answered ${status}${said}. ${checkUrl}`);
}

/** Reads a body that must be JSON. Throws Unreadable (the batch is tried again: it may have been cut short). */
export function parseJson(body: string, status: number, subjectOf: () => Subject): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const subject = subjectOf();
    throw new Unreadable(
      `${subject.what}: the answer is ${body.trim() === '' ? 'empty' : 'not whole or not JSON'}. The batch is tried again; if it stays so, check what stands between us and ${subject.address}.`,
      { vendor: subject.vendor.name, operation: subject.operation, remedy: 'retry-batch', status },
    );
  }
}

/**
 * Milliseconds to wait, from seconds or an HTTP date; undefined when there is no such header or it is unreadable.
 * A date is read against the answer's own `Date`, so that no two clocks have to agree.
 */
function readRetryAfter(value: string | undefined, answeredAt: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = DateTime.fromHTTP(text);
  const from = DateTime.fromHTTP(answeredAt ?? '');
  return until.isValid && from.isValid ? Math.max(0, until.toMillis() - from.toMillis()) : undefined;
}

/** Advice for a certificate of ours that the server does not take. */
export function certificateAdvice(vendor: VendorTexts): string {
  if (vendor.name !== 'pointsharp') return `Check what the server at ${envPrefix(vendor.name)}URL expects.`;
  return 'Check POINTSHARP_AUTH=certificate, POINTSHARP_CERTIFICATE_FILE and POINTSHARP_KEY_FILE.';
}

function isHtml(answer: RawAnswer): boolean {
  if (answer.body.trim() === '') return false;
  return (
    /^(?:text\/html|application\/xhtml)/i.test(headerOf(answer, 'content-type') ?? '') ||
    looksLikeHtml(answer.body)
  );
}

/** nginx answers so when a client certificate is missing or wrong, and when plain HTTP meets an HTTPS port. */
function isTlsComplaint(vendorMessage: string | undefined): boolean {
  return vendorMessage !== undefined && /SSL certificate|HTTPS port/i.test(vendorMessage);
}

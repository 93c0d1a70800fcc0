import { headerOf, type RawAnswer } from '../call.ts';
import { isMarkup, isPageType } from './markup.ts';
import type { Subject } from './subject.ts';
import { Unreadable } from './vendor-error.ts';

/**
 * Reads a body that must be JSON, or nothing, which is null: servers say so of an empty list.
 *
 * @throws Unreadable: the batch is retried, as the body may have been cut short
 */
export function parseJson(body: string, status: number, subjectOf: () => Subject): unknown {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    const subject = subjectOf();
    throw new Unreadable(
      `${subject.what}: the answer is incomplete or not JSON.`,
      `If this persists, check proxies and gateways on the way to ${subject.address}.`,
      { vendor: subject.vendor.name, operation: subject.operation, remedy: 'retry-batch', status },
    );
  }
}

/** Whether an answer is a page or XML, by what it says of itself or by what it is. */
export function hasMarkup(answer: RawAnswer): boolean {
  if (answer.body.trim() === '') return false;
  return isPageType(contentTypeOf(answer)) || isMarkup(answer.body);
}

/** Whether an answer says of itself that it is JSON. */
export function isJson(answer: RawAnswer): boolean {
  return /^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentTypeOf(answer)) && !isMarkup(answer.body);
}

/** What an answer says of itself; empty when it says nothing. */
export function contentTypeOf(answer: RawAnswer): string {
  return headerOf(answer, 'content-type') ?? '';
}

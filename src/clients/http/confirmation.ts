import type { RawAnswer } from '../call.ts';

/** What a JSON API answers to a write that it has done and has nothing to say about. */
const plainYes = ['', 'null', 'true', '""', '{}'];

/** Whether an answer to a write says that it was done. */
export type IsConfirmed = (answer: RawAnswer) => boolean;

/**
 * Only 200 and 204 with nothing, or next to nothing, in their body confirm a write. A sign-in page, an error in the body of
 * a 200, or a 202 that only promises it, is no confirmation, whatever its status.
 *
 * @param own what the server of this site answers in place of that: its whole body
 */
export function confirmationOf(own: string | undefined): IsConfirmed {
  const yes = new Set(own === undefined ? plainYes : [...plainYes, own.trim()]);
  return ({ status, body }) => (status === 200 || status === 204) && (body === '' || yes.has(body.trim()));
}

import { withDeadline } from '../../domain/with-deadline.ts';
import { headerOf, type RawAnswer } from '../call.ts';
import type { Way } from './sign-in.ts';

/** A server that does not answer is met by the run soon enough; in milliseconds. */
const timeAskedMs = 5_000;

/** What the clock of a server says, epoch milliseconds; undefined when it does not answer in time, or without a date. */
export function askServerTime(way: Pick<Way, 'ask'>): Promise<number | undefined> {
  const head = { method: 'HEAD', operation: 'HEAD', path: '', subject: 'its clock' } as const;
  const answered = way.ask(head, { requests: 0 }).then(timeOf, () => undefined);
  return withDeadline(answered, timeAskedMs, undefined);
}

/**
 * When an answer was made, by the clock of the server: its Date, and its Age where a cache has kept it (RFC 9110, 6.6.1;
 * RFC 9111, 5.1).
 */
function timeOf(answer: RawAnswer): number | undefined {
  const made = Date.parse(headerOf(answer, 'date') ?? '');
  const ageSeconds = Number(headerOf(answer, 'age') ?? 0);
  return Number.isNaN(made) ? undefined : made + (Number.isFinite(ageSeconds) ? ageSeconds * 1000 : 0);
}

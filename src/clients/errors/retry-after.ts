import { DateTime } from 'luxon';

/**
 * Milliseconds to wait, from seconds or an HTTP date; undefined when there is no such header or it is unreadable.
 * A date is read against the answer's own `Date`, so that no two clocks have to agree.
 */
export function readRetryAfter(
  value: string | undefined,
  answeredAt: string | undefined,
): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = DateTime.fromHTTP(text);
  const from = DateTime.fromHTTP(answeredAt ?? '');
  return until.isValid && from.isValid ? Math.max(0, until.toMillis() - from.toMillis()) : undefined;
}

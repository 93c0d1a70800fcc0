import { hash, randomUUID } from 'node:crypto';
import type { DateTime } from 'luxon';

/** An id for a run that nobody else has, and nobody can foresee. */
export function newRunId(job: string, now: DateTime): string {
  const time = new Date(now.toMillis()).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${job}-${time}-${hash('sha256', randomUUID(), 'hex').slice(0, 6)}`;
}

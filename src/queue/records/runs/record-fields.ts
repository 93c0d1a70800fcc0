import { z } from 'zod';
import type { SentRequest } from '../../messages/run-request.ts';
import type { Queues } from '../../queues.ts';

/** Where the records of runs are. */
export type Store = Pick<Queues, 'redis' | 'prefix'>;

/** A run that is to be. */
export interface NewRun {
  readonly id: string;
  readonly job: string;
  readonly request: SentRequest;
}

/** The fields in which it is kept what was asked of a run. */
export function fieldsOf({ job, request }: NewRun): string[] {
  const named = request.users === undefined ? '' : '1';
  return ['job', job, 'request', JSON.stringify(request), 'named', named];
}

const KeptObject = z.record(z.string(), z.unknown());

/** What was asked, off its field. */
export function objectOf(text: string): Readonly<Record<string, unknown>> {
  return KeptObject.safeParse(parsed(text)).data ?? {};
}

/** The state of a run off its field, under its name; nothing before the run has begun. */
export function stateOf(text: string | null | undefined): { readonly state?: unknown } {
  return typeof text === 'string' ? { state: parsed(text) } : {};
}

/** What cannot be parsed is null: whoever reads it further finds that it has another shape. */
export function parsed(text: string | null | undefined): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where the record of a run is. */
export function recordKey(prefix: string, id: string): string {
  return `${prefix}:run:${id}`;
}

/** Where the id of the run is kept that is the one of its job. */
export function standingKey(prefix: string, job: string): string {
  return `${prefix}:standing:${job}`;
}

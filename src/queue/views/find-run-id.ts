import type { RunsQueue } from '../queues.ts';
import { jobById } from '../records/runs/job-by-id.ts';

/** What an id that somebody typed may mean, among the jobs of the queue of runs. */
export type FoundRunId = { readonly id: string } | { readonly several: readonly string[] } | undefined;

/** In these states lies every run, the newest of each first. */
const states = [
  'active',
  'waiting-children',
  'waiting',
  'delayed',
  'prioritized',
  'completed',
  'failed',
] as const;

/**
 * The id of a run, of which a part is enough that no other has: the beginning of the id, of its moment, or of its last six
 * characters. `latest` is the newest.
 */
export async function findRunId(runs: RunsQueue, text: string): Promise<FoundRunId> {
  if (await jobById(runs, text)) return { id: text };
  const ids = (await runs.getRanges([...states], 0, -1)).filter((id) => runIdPattern.test(id));
  const several =
    text === 'latest' ? ids.sort(byMoment).slice(0, 1) : ids.filter((id) => beginsAPart(id, text));
  const [id] = several;
  if (id === undefined) return undefined;
  return several.length === 1 ? { id } : { several };
}

/** As new run ids are made: the job, the moment, something random. */
const runIdPattern = /^[a-z-]+-(\d{8}T\d{6}Z)-([0-9a-f]{6})$/;

/** Less of a moment or of an end fits some run by chance. */
const leastOfAPart = 4;

function beginsAPart(id: string, text: string): boolean {
  const [, moment = '', end = ''] = runIdPattern.exec(id) ?? [];
  return (
    id.startsWith(text) ||
    (text.length >= leastOfAPart && [moment, end].some((part) => part.startsWith(text)))
  );
}

function byMoment(one: string, other: string): number {
  const [first = '', second = ''] = [one, other].map((id) => runIdPattern.exec(id)?.[1] ?? '');
  return first < second ? 1 : first > second ? -1 : 0;
}

/** A run as people call it: its job, and the part of its id by which it can be named. */
export function runTitle(id: string): string {
  const [, at = ''] = runIdPattern.exec(id) ?? [];
  return at === '' ? id : `${id.slice(0, id.indexOf(`-${at}`))} ${shortRunId(id)}`;
}

/** The part of a run's id by which people can name it. */
export function shortRunId(id: string): string {
  return runIdPattern.test(id) ? id.slice(-6) : id;
}

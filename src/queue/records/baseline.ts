import { z } from 'zod';
import type { Mode } from '../../config/config.ts';
import type { Report } from '../../runs/report.ts';
import { parseText } from '../messages/parse.ts';
import { readReport } from '../messages/report.ts';
import { namesUsers } from '../messages/run-request.ts';
import type { Queues } from '../queues.ts';

/*
 * What is usual for a job, kept for each job and mode by itself: in the history that all jobs share, a frequent job
 * would push the runs of a rare one out, and its limits with them.
 */

/** As many runs as any setting looks back. */
const keptRuns = 100;
/** How many finished jobs of the queue are looked through where an older version kept nothing else. */
const lookedThrough = 500;

/** A run that was completed, as far as it is a measure. */
const KeptRun = z.object({
  run: z.string(),
  selected: z.number(),
  planned: z.number(),
  durationMs: z.number(),
  /** How long it takes to ask everybody; runs of earlier versions always did. */
  wholeMs: z.number().optional(),
});
type KeptRun = z.infer<typeof KeptRun>;

/** What is usual for a job: medians of its last runs over the whole roster in the same mode. */
export interface Baseline {
  readonly selected: number;
  readonly planned: number;
  /** Of a run that asks everybody: any run may have to. */
  readonly durationMs: number;
}

/**
 * Remembers a run that has ended as a measure, if it is one: completed, and over the whole roster. To do so twice does no
 * harm.
 *
 * @param data of the BullMQ job of the run
 */
export async function rememberUsual(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  data: unknown,
  report: Report,
): Promise<void> {
  if (namesUsers(data) || report.run.status !== 'completed') return;
  const key = keyOf(prefix, report.run.job, report.run.mode);
  const [newest] = await redis.lrange(key, 0, 0);
  const before = newest === undefined ? undefined : parseText(KeptRun, newest);
  if (before?.run === report.run.id) return;
  const measure = measureOf(report);
  await redis.lpush(key, JSON.stringify({ ...measure, wholeMs: wholeMs(report, measure, before) }));
  await redis.ltrim(key, 0, keptRuns - 1);
}

/** What is usual for a job by its last runs; undefined before its first. */
export async function readBaseline(
  queues: Pick<Queues, 'redis' | 'prefix' | 'runs'>,
  job: string,
  mode: Mode,
  history: number,
): Promise<Baseline | undefined> {
  const kept = await queues.redis.lrange(keyOf(queues.prefix, job, mode), 0, history - 1);
  const readable = kept.flatMap((text) => parseText(KeptRun, text) ?? []);
  const measures = readable.length > 0 ? readable : await measuresBefore(queues, job, mode, history);
  if (measures.length === 0) return undefined;
  return {
    selected: median(measures.map(({ selected }) => selected)),
    planned: median(measures.map(({ planned }) => planned)),
    durationMs: median(measures.map(({ durationMs, wholeMs = durationMs }) => wholeMs)),
  };
}

/** How many users the last two completed runs of a job had over the whole roster, the newest first. */
export async function lastSelections(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  job: string,
  mode: Mode,
): Promise<readonly Pick<KeptRun, 'run' | 'selected'>[]> {
  const kept = await redis.lrange(keyOf(prefix, job, mode), 0, 1);
  return kept.flatMap((text) => parseText(KeptRun, text) ?? []);
}

/** The runs that BullMQ keeps, for a Redis where an older version has run until now. */
async function measuresBefore(
  { runs }: Pick<Queues, 'runs'>,
  job: string,
  mode: Mode,
  history: number,
): Promise<KeptRun[]> {
  const finished = await runs.getJobs(['completed'], 0, lookedThrough);
  return finished
    .filter((queueJob) => queueJob?.name === job && !namesUsers(queueJob.data))
    .flatMap(({ id, returnvalue }) => {
      const report = readReport(returnvalue);
      return report?.run.id === id && report?.run.status === 'completed' && report.run.mode === mode
        ? [measureOf(report)]
        : [];
    })
    .slice(0, history);
}

function measureOf({ run, users, actions }: Report): KeptRun {
  return {
    run: run.id,
    selected: users.selected,
    planned: actions.planned,
    durationMs: Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt ?? ''),
  };
}

/** A run that asked only a few says little of one that asks everybody: then the last that asked most still counts. */
function wholeMs(
  { users: { selected, notAsked } }: Report,
  { durationMs }: KeptRun,
  before: KeptRun | undefined,
): number {
  const asked = selected - notAsked;
  if (asked * 2 >= selected) return asked === 0 ? durationMs : (durationMs * selected) / asked;
  return Math.max(durationMs, before ? (before.wholeMs ?? before.durationMs) : 0);
}

/** The median; of an even number of values the upper one, so that it is always a value that was there. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function keyOf(prefix: string, job: string, mode: Mode): string {
  return `${prefix}:usual:${job}:${mode}`;
}

import { z } from 'zod';
import type { SourceMeasure } from '../../roster/measure.ts';
import { isShrunk } from '../../runs/roster-facts.ts';
import { parseText } from '../messages/parse.ts';
import type { RunState } from '../messages/run-state.ts';
import type { Queues } from '../queues.ts';

/*
 * What each source of the roster gave last time, for all jobs and modes together: what is missing from a directory is
 * missing for every job, and a mode or a job that begins anew has a measure all the same.
 */

const KeptMeasure = z.object({
  users: z.int().min(0),
  /** Of a file: what it is compared by, as one job may turn down rows that another takes. */
  rows: z.int().min(0).exactOptional(),
  /** Empty for a file. */
  fingerprint: z.string(),
  /** Left out by older versions. */
  at: z.iso.datetime().exactOptional(),
});
/** What a source gave last time, and when. */
export type KeptMeasure = Readonly<z.infer<typeof KeptMeasure>>;

/** What a source gave, and how many users it had last time; undefined before that. */
interface ComparedSource extends SourceMeasure {
  readonly before: number | undefined;
}

/** The sources of a run beside what they gave last time. */
export async function compareSources(
  queues: Pick<Queues, 'redis' | 'prefix'>,
  sources: readonly SourceMeasure[],
): Promise<readonly ComparedSource[]> {
  if (sources.length === 0) return [];
  const kept = await readSourceMeasures(queues);
  return sources.map((source) => ({ ...source, before: kept.get(source.name)?.users }));
}

/** What each source gave last time, by its name. */
export async function readSourceMeasures({
  redis,
  prefix,
}: Pick<Queues, 'redis' | 'prefix'>): Promise<ReadonlyMap<string, KeptMeasure>> {
  const texts = Object.entries(await redis.hgetall(keyOf(prefix)));
  const measures = texts.map(([name, text]) => [name, parseText(KeptMeasure, text)] as const);
  return new Map(measures.flatMap(([name, measure]) => (measure ? [[name, measure]] : [])));
}

/**
 * Keeps what the sources of a completed run gave as the measure of the next ones. What shrank too much is kept only once a
 * person has approved it: an observing run must not make it the measure of one that writes.
 */
export async function rememberSources(
  queues: Pick<Queues, 'redis' | 'prefix'>,
  { sources = [], limits, hold, startedAt: at }: Pick<RunState, 'sources' | 'limits' | 'hold' | 'startedAt'>,
): Promise<void> {
  const kept = (await compareSources(queues, sources))
    .filter((source) => hold?.answer?.approved || !isShrunk(source, limits.shrinkFactor))
    .map(({ name, users, fingerprint }) => [name, JSON.stringify({ users, fingerprint, at })]);
  if (kept.length > 0) await queues.redis.hset(keyOf(queues.prefix), Object.fromEntries(kept));
}

/**
 * Keeps how long the file of a completed run was, for people to compare. No limit depends on it: the baseline of the job does
 * that.
 */
export async function rememberFile(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  name: string,
  { roster: { rows }, selected: users, startedAt: at }: Pick<RunState, 'roster' | 'selected' | 'startedAt'>,
): Promise<void> {
  const kept: KeptMeasure = { users, rows, fingerprint: '', at };
  await redis.hset(keyOf(prefix), name, JSON.stringify(kept));
}

function keyOf(prefix: string): string {
  return `${prefix}:sources`;
}

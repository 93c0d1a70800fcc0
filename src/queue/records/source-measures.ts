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

const KeptMeasure = z.object({ users: z.int().min(0), fingerprint: z.string() });

/** What a source gave, and how many users it had last time; undefined before that. */
interface ComparedSource extends SourceMeasure {
  readonly before: number | undefined;
}

/** The sources of a run beside what they gave last time. */
export async function compareSources(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  sources: readonly SourceMeasure[],
): Promise<readonly ComparedSource[]> {
  if (sources.length === 0) return [];
  const kept = await redis.hgetall(keyOf(prefix));
  return sources.map((source) => {
    const text = kept[source.name];
    return { ...source, before: text === undefined ? undefined : parseText(KeptMeasure, text)?.users };
  });
}

/**
 * Keeps what the sources of a completed run gave as the measure of the next ones. What shrank too much is kept only once a
 * person has approved it: an observing run must not make it the measure of one that writes.
 */
export async function rememberSources(
  queues: Pick<Queues, 'redis' | 'prefix'>,
  { sources = [], limits, hold }: Pick<RunState, 'sources' | 'limits' | 'hold'>,
): Promise<void> {
  const kept = (await compareSources(queues, sources))
    .filter((source) => hold?.answer?.approved || !isShrunk(source, limits.shrinkFactor))
    .map(({ name, users, fingerprint }) => [name, JSON.stringify({ users, fingerprint })]);
  if (kept.length > 0) await queues.redis.hset(keyOf(queues.prefix), Object.fromEntries(kept));
}

function keyOf(prefix: string): string {
  return `${prefix}:sources`;
}

import type { Job } from 'bullmq';
import type { Finding, Severity } from '../../policies/finding.ts';
import type { RunData } from '../messages/payloads.ts';
import type { Queues } from '../queues.ts';

/*
 * The findings of the last audit of the whole roster, for people to look at. They are logged as they are found, but a log
 * is not at hand everywhere. A batch that is repeated finds the same again, which the fingerprint tells.
 */

/** The most that is kept of each severity: nobody reads a page of more. */
const keptPerSeverity = 200;
/** A run under way may take days, but not for ever. */
const gatheredForMs = 7 * 24 * 3600 * 1000;

const fromWorst: readonly Severity[] = ['high', 'medium', 'low'];

type Run = Pick<Job<RunData>, 'id' | 'name' | 'data'>;

/** What the last run of a job over the whole roster found. */
export interface LastFindings {
  readonly run: string;
  /** The worst first; of each severity no more than are kept. */
  readonly findings: readonly Finding[];
}

/** Remembers what a part of a run found. A look at a few users says nothing of the others, so it is not kept. */
export async function rememberFindings(
  { redis, prefix }: Queues,
  run: Run,
  findings: readonly Finding[],
): Promise<void> {
  if (run.data.users) return;
  for (const [severity, some] of Map.groupBy(findings, (one) => one.severity)) {
    const key = keyOf(prefix, run.name, run.id ?? '', severity);
    const room = keptPerSeverity - (await redis.hlen(key));
    const fields = some.slice(0, Math.max(0, room)).map((one) => [one.fingerprint, JSON.stringify(one)]);
    if (fields.length === 0) continue;
    await redis.hset(key, Object.fromEntries(fields));
    await redis.pexpire(key, gatheredForMs);
  }
}

/** How many findings of a severity the run before did not have; left out where that cannot be told. */
export type NewFindings = Readonly<Partial<Record<Severity, number>>>;

/**
 * Makes what this run found that of the last run, and tells what is new in it; forgotten when the history forgets the run.
 * It is done at once or not at all, and a second time changes nothing: whoever ends a run may die and be followed.
 */
export async function closeFindings(queues: Queues, run: Run, keepForMs: number): Promise<NewFindings> {
  const { redis, prefix } = queues;
  if (run.data.users) return {};
  const key = lastRunKey(prefix, run.name);
  const last = await redis.hgetall(key);
  if (last.run === run.id) return JSON.parse(last.new ?? '{}');
  const isNew = last.run === undefined ? {} : await newSince(queues, run);
  const change = redis.multi();
  for (const severity of fromWorst) {
    const [found, kept] = [
      keyOf(prefix, run.name, run.id ?? '', severity),
      keyOf(prefix, run.name, 'last', severity),
    ];
    if ((await redis.exists(found)) === 1) change.rename(found, kept);
    else change.del(kept);
    change.pexpire(kept, keepForMs);
  }
  change.hset(key, { run: run.id ?? '', new: JSON.stringify(isNew) });
  change.pexpire(key, keepForMs);
  await change.exec();
  return isNew;
}

/** Of a severity with more findings than are kept it cannot be told which are new. */
async function newSince({ redis, prefix }: Queues, run: Run): Promise<NewFindings> {
  const counts: Partial<Record<Severity, number>> = {};
  for (const severity of fromWorst) {
    const [found, before] = await Promise.all([
      redis.hkeys(keyOf(prefix, run.name, run.id ?? '', severity)),
      redis.hkeys(keyOf(prefix, run.name, 'last', severity)),
    ]);
    if (Math.max(found.length, before.length) >= keptPerSeverity) continue;
    const known = new Set(before);
    counts[severity] = found.filter((fingerprint) => !known.has(fingerprint)).length;
  }
  return counts;
}

/** What the last run of a job over the whole roster found; undefined when there was none. */
export async function lastFindings(
  { redis, prefix }: Queues,
  job: string,
): Promise<LastFindings | undefined> {
  const run = await redis.hget(lastRunKey(prefix, job), 'run');
  if (run === null) return undefined;
  const kept = await Promise.all(
    fromWorst.map((severity) => redis.hvals(keyOf(prefix, job, 'last', severity))),
  );
  return { run, findings: kept.flat().map((text): Finding => JSON.parse(text)) };
}

function keyOf(prefix: string, job: string, run: string, severity: Severity): string {
  return `${prefix}:findings:${job}:${run}:${severity}`;
}

function lastRunKey(prefix: string, job: string): string {
  return `${prefix}:findings:${job}:run`;
}

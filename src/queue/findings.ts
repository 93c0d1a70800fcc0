import type { Job } from 'bullmq';
import type { Finding, Severity } from '../policies/finding.ts';
import type { RunData } from './payloads.ts';
import type { Queues } from './queues.ts';

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

/** Makes what this run found that of the last run; forgotten when the history forgets the run. */
export async function closeFindings({ redis, prefix }: Queues, run: Run, keepForMs: number): Promise<void> {
  if (run.data.users) return;
  for (const severity of fromWorst) {
    const [found, last] = [
      keyOf(prefix, run.name, run.id ?? '', severity),
      keyOf(prefix, run.name, 'last', severity),
    ];
    if ((await redis.exists(found)) === 1) await redis.rename(found, last);
    else await redis.del(last);
    await redis.pexpire(last, keepForMs);
  }
  await redis.set(lastRunKey(prefix, run.name), run.id ?? '', 'PX', keepForMs);
}

/** What the last run of a job over the whole roster found; undefined when there was none. */
export async function lastFindings(
  { redis, prefix }: Queues,
  job: string,
): Promise<LastFindings | undefined> {
  const run = await redis.get(lastRunKey(prefix, job));
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

import type { Job } from 'bullmq';
import { z } from 'zod';
import type { Finding, Severity } from '../../policies/finding.ts';
import { parseText } from '../messages/parse.ts';
import { namesUsers } from '../messages/payloads.ts';
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

const KeptFinding: z.ZodType<Finding> = z.object({
  rule: z.string(),
  severity: z.enum(['low', 'medium', 'high']),
  subject: z.string(),
  detail: z.string(),
  fingerprint: z.string(),
});

const Count = z.int().min(0).exactOptional();
export const KeptNewFindings = z.object({ high: Count, medium: Count, low: Count });

/** The run that findings belong to. */
export type FindingsRun = Pick<Job, 'id' | 'name' | 'data'>;

/** What the last run of a job over the whole roster found. */
export interface LastFindings {
  readonly run: string;
  /** The worst first; of each severity no more than are kept. */
  readonly findings: readonly Finding[];
}

/** Remembers what a part of a run found. A look at a few users says nothing of the others, so it is not kept. */
export async function rememberFindings(
  { redis, prefix }: Queues,
  run: FindingsRun,
  findings: readonly Finding[],
): Promise<void> {
  if (namesUsers(run.data)) return;
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
export type NewFindings = Readonly<z.infer<typeof KeptNewFindings>>;

/**
 * Makes what this run found that of the last run, and tells what is new in it; forgotten when the run is no longer kept.
 * It is done at once or not at all, and a second time changes nothing: whoever ends a run may die and be followed.
 */
export async function closeFindings(
  queues: Queues,
  run: FindingsRun,
  keepForMs: number,
): Promise<NewFindings> {
  const { redis, prefix } = queues;
  if (namesUsers(run.data)) return {};
  const key = lastRunKey(prefix, run.name);
  const last = await redis.hgetall(key);
  if (last.run === run.id) return parseText(KeptNewFindings, last.new ?? '{}') ?? {};
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
async function newSince({ redis, prefix }: Queues, run: FindingsRun): Promise<NewFindings> {
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
    fromWorst.map(async (severity) => {
      const found = await redis.hgetall(keyOf(prefix, job, 'last', severity));
      return Object.entries(found).map(
        ([fingerprint, text]) => parseText(KeptFinding, text) ?? unreadable(severity, fingerprint),
      );
    }),
  );
  return { run, findings: kept.flat() };
}

/** Stands for a finding that is there and cannot be read, so that it is not taken for none. */
function unreadable(severity: Severity, fingerprint: string): Finding {
  const detail = 'Redis holds this finding in a form that cannot be read. The next audit writes it anew.';
  return { rule: 'unreadable', severity, subject: fingerprint, detail, fingerprint };
}

function keyOf(prefix: string, job: string, run: string, severity: Severity): string {
  return `${prefix}:findings:${job}:${run}:${severity}`;
}

function lastRunKey(prefix: string, job: string): string {
  return `${prefix}:findings:${job}:run`;
}

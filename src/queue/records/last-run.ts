import type { Mode } from '../../config/config.ts';
import type { Report, RunStatus } from '../../runs/report.ts';
import type { RunData } from '../messages/payloads.ts';
import type { Queues } from '../queues.ts';
import type { NewFindings } from './findings.ts';

/*
 * What is to be seen of the last run of each job at any time, by every process: read with every scrape, it must not take
 * a look through the history.
 */

/** The last run of a job over the whole roster, and when one last succeeded in each mode. */
export interface LastRun {
  readonly status: RunStatus | 'running';
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly findings: Readonly<Record<string, number>>;
  readonly newFindings: NewFindings;
  readonly atRisk: number;
  readonly ineffective: number;
  readonly succeededAt: Readonly<Partial<Record<Mode, string>>>;
}

/**
 * Remembers a run that has ended as the last of its job; one over named users says nothing of the others, and is not. A
 * success is a run that reached everybody, whatever single users came to. To do so twice does no harm.
 */
export async function rememberLastRun(
  { redis, prefix }: Queues,
  { users }: RunData,
  report: Report,
  newFindings: NewFindings = {},
): Promise<void> {
  if (users) return;
  const { job, mode, status, reason, startedAt, finishedAt } = report.run;
  const { findings, atRisk, ineffective } = report;
  const last = { status, startedAt, finishedAt, findings, newFindings, atRisk, ineffective };
  const isSuccess = status === 'completed' && reason === null && finishedAt;
  await redis.hset(keyOf(prefix, job), {
    last: JSON.stringify(last),
    ...(isSuccess ? { [mode]: finishedAt } : {}),
  });
}

/** The last run of a job, if there was one. */
export async function readLastRun({ redis, prefix }: Queues, job: string): Promise<LastRun | undefined> {
  const { last, ...succeededAt } = await redis.hgetall(keyOf(prefix, job));
  return last === undefined ? undefined : { ...JSON.parse(last), succeededAt };
}

function keyOf(prefix: string, job: string): string {
  return `${prefix}:last:${job}`;
}

import type { Mode } from '../config/config.ts';
import type { Report, RunStatus } from '../runs/report.ts';
import type { Queues } from './queues.ts';

/*
 * What is to be seen of the last run of each job at any time, by every process: read with every scrape, it must not take
 * a look through the history.
 */

/** The last run of a job, and when it last succeeded in each mode. */
export interface LastRun {
  readonly status: RunStatus | 'running';
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly findings: Readonly<Record<string, number>>;
  readonly atRisk: number;
  readonly ineffective: number;
  readonly succeededAt: Readonly<Partial<Record<Mode, string>>>;
}

/** Remembers a run that has ended as the last of its job. To do so twice does no harm. */
export async function rememberLastRun({ redis, prefix }: Queues, report: Report): Promise<void> {
  const { job, mode, status, startedAt, finishedAt } = report.run;
  const { findings, atRisk, ineffective } = report;
  const last = { status, startedAt, finishedAt, findings, atRisk, ineffective };
  const succeeded = status === 'completed' && finishedAt ? { [mode]: finishedAt } : {};
  await redis.hset(keyOf(prefix, job), { last: JSON.stringify(last), ...succeeded });
}

/** The last run of a job, if there was one. */
export async function readLastRun({ redis, prefix }: Queues, job: string): Promise<LastRun | undefined> {
  const { last, ...succeededAt } = await redis.hgetall(keyOf(prefix, job));
  return last === undefined ? undefined : { ...JSON.parse(last), succeededAt };
}

function keyOf(prefix: string, job: string): string {
  return `${prefix}:last:${job}`;
}

import { z } from 'zod';
import type { Mode } from '../../config/config.ts';
import type { Report } from '../../runs/report.ts';
import { parseText } from '../messages/parse.ts';
import { namesUsers } from '../messages/run-request.ts';
import { Counts } from '../messages/tally.ts';
import { RunStatus } from '../messages/vocabulary.ts';
import type { Queues } from '../queues.ts';
import { KeptNewFindings, type NewFindings } from './findings.ts';

/*
 * What is to be seen of the last run of each job at any time, by every process: read with every scrape, it must not take
 * a look through the finished runs.
 */

const KeptRun = z.object({
  status: z.union([RunStatus, z.literal('running')]),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  findings: Counts,
  newFindings: KeptNewFindings,
  atRisk: z.number(),
  ineffective: z.number(),
  // Versions before this one did not keep them.
  users: z.number().exactOptional(),
  requests: z.number().exactOptional(),
});

/** The last run of a job over the whole roster, and when one last succeeded in each mode. */
export interface LastRun extends Readonly<z.infer<typeof KeptRun>> {
  readonly succeededAt: Readonly<Partial<Record<Mode, string>>>;
}

/** What a report does not say of the end of a run. */
interface RunEnd {
  readonly newFindings?: NewFindings;
  /** Whether the clock that its times are from can be believed; no success is kept otherwise. */
  readonly isDated?: boolean;
}

/**
 * Remembers a run that has ended as the last of its job; one over named users says nothing of the others, and is not. A
 * success is a run that reached everybody, whatever single users came to. To do so twice does no harm.
 *
 * @param data of the BullMQ job of the run
 */
export async function rememberLastRun(
  { redis, prefix }: Queues,
  data: unknown,
  report: Report,
  { newFindings = {}, isDated = true }: RunEnd = {},
): Promise<void> {
  if (namesUsers(data)) return;
  const { job, mode, status, reason, startedAt, finishedAt } = report.run;
  const { findings, atRisk, ineffective, users, requests } = report;
  const last = {
    status,
    startedAt,
    finishedAt,
    findings,
    newFindings,
    atRisk,
    ineffective,
    users: users.selected,
    requests: Object.values(requests).reduce((sum, count) => sum + count, 0),
  };
  const isSuccess = status === 'completed' && reason === null && finishedAt && isDated;
  await redis.hset(keyOf(prefix, job), {
    last: JSON.stringify(last),
    ...(isSuccess ? { [mode]: finishedAt } : {}),
  });
}

/** The last run of a job; undefined when there was none, or what is kept of it cannot be read: the next run keeps it anew. */
export async function readLastRun({ redis, prefix }: Queues, job: string): Promise<LastRun | undefined> {
  const { last, ...succeededAt } = await redis.hgetall(keyOf(prefix, job));
  const kept = last === undefined ? undefined : parseText(KeptRun, last);
  return kept && { ...kept, succeededAt };
}

function keyOf(prefix: string, job: string): string {
  return `${prefix}:last:${job}`;
}

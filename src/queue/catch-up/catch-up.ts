import { DelayedError } from 'bullmq';
import { DateTime } from 'luxon';
import type { Unavailable } from '../../clients/vendors.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../context.ts';
import type { RunJob, RunsQueue } from '../queues.ts';
import { readLastRun } from '../records/last-run.ts';
import { missedReason } from './missed-tick.ts';

/*
 * A run of the schedule that met a vendor which cannot be asked for a while is caught up: a request of its own waits until
 * the vendor can be asked, or until it is too late. There is one at a time for each job, and a run of the job that begins
 * meanwhile takes its place.
 */

/** How soon the vendor is looked at again, in milliseconds, if it does not say. */
const lookAgainMs = 5 * 60_000;
const soonestMs = 60_000;
const latestMs = 10 * 60_000;

/**
 * Orders a run to be caught up, unless one is ordered already.
 *
 * @param dueAt when it was due, ISO 8601
 */
export async function orderCatchUp(
  { queues, now }: WorkerContext,
  job: string,
  dueAt: string,
  unavailable: Unavailable,
): Promise<void> {
  await queues.runs.add(
    job,
    { origin: { trigger: 'schedule', catchUp: dueAt } },
    { deduplication: { id: catchUpId(job) }, delay: waitMs(unavailable, now()) },
  );
}

/** Forgets a run to be caught up. One that is looked at just now finds that another is under way. */
export async function dropCatchUp(runs: RunsQueue, job: string): Promise<void> {
  const id = await runs.getDeduplicationJobId(catchUpId(job));
  const request = id ? await runs.getJob(id) : undefined;
  if (request && (await request.isDelayed())) await request.remove();
}

/**
 * Waits on while the vendor cannot be asked.
 *
 * @returns whether it is time, or has been made up for by another run, or else why it is too late
 * @throws DelayedError when it has to wait
 */
export async function waitForVendor(
  context: WorkerContext,
  { vendor, name }: AnyJob,
  request: RunJob,
  order: { readonly dueAt: string; readonly token: string | undefined },
): Promise<'now' | 'done' | { readonly late: string }> {
  const now = context.now();
  const catchUp = context.config.jobs[name]?.catchUp;
  const due = DateTime.fromISO(order.dueAt);
  const missed = catchUp && missedReason({ opts: { prevMillis: due.toMillis() } }, catchUp, now);
  if (missed) return { late: missed };
  const last = await readLastRun(context.queues, name);
  if (last?.startedAt && DateTime.fromISO(last.startedAt) > due) return 'done';
  const unavailable = await context.clients.availability(vendor);
  if (!unavailable) return 'now';
  await request.moveToDelayed(now.toMillis() + waitMs(unavailable, now), order.token);
  throw new DelayedError();
}

function waitMs({ until }: Unavailable, now: DateTime): number {
  const ms = until ? until.toMillis() - now.toMillis() : lookAgainMs;
  return Math.min(latestMs, Math.max(soonestMs, ms));
}

function catchUpId(job: string): string {
  return `${job}-catch-up`;
}

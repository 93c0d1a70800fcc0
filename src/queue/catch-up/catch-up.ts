import { randomUUID } from 'node:crypto';
import { DelayedError } from 'bullmq';
import { DateTime } from 'luxon';
import type { Unavailable } from '../../clients/vendors.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../context.ts';
import type { Queues, RunJob } from '../queues.ts';
import { readLastRun } from '../records/last-run.ts';
import { isPaused } from '../records/pauses.ts';
import { missedReason } from './missed-tick.ts';

/*
 * A run of the schedule that met a vendor which cannot be asked for a while is caught up: a request of its own waits until
 * the vendor can be asked, or until it is too late. There is one at a time for each job, and a run of the job that begins
 * meanwhile takes its place. Which message it is, and since when it was due, lies outside the keys of the queue, so that no
 * producer can send one.
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
  const ordered = await orderOf(queues, job);
  if (ordered && waiting.has(await queues.runs.getJobState(ordered.id))) return;
  const id = `${idPrefix}${randomUUID()}`;
  await queues.redis.hset(orderKey(queues, job), { id, dueAt });
  await queues.runs.add(job, {}, { jobId: id, delay: waitMs(unavailable, now()) });
}

/** When the run was due that a message is to catch up; undefined for any other message, also one that pretends to be this. */
export async function catchUpDue(queues: Queues, { id, name }: RunJob): Promise<string | undefined> {
  const ordered = await orderOf(queues, name);
  return ordered?.id === id ? ordered?.dueAt : undefined;
}

/** Whether a message was added to catch a run up, or pretends to be. */
export function isCatchUp({ id }: Pick<RunJob, 'id'>): boolean {
  return id?.startsWith(idPrefix) ?? false;
}

/** Forgets a run to be caught up. One that is looked at just now finds that another is under way. */
export async function dropCatchUp(queues: Queues, job: string): Promise<void> {
  const ordered = await orderOf(queues, job);
  if (!ordered) return;
  await queues.redis.del(orderKey(queues, job));
  const request = await queues.runs.getJob(ordered.id);
  if (request && (await request.isDelayed())) await request.remove();
}

async function orderOf(queues: Queues, job: string) {
  const [id, dueAt] = await queues.redis.hmget(orderKey(queues, job), 'id', 'dueAt');
  return id && dueAt ? { id, dueAt } : undefined;
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
  const missed =
    catchUp &&
    missedReason({ opts: { prevMillis: due.toMillis() } }, catchUp, now.setZone(context.config.timeZone));
  if (missed) return { late: missed };
  const last = await readLastRun(context.queues, name);
  if (last?.startedAt && DateTime.fromISO(last.startedAt) > due) return 'done';
  // A vendor that somebody paused is not asked how it is.
  const isVendorPaused = await isPaused(context.queues, [vendor]);
  const unavailable = isVendorPaused ? undefined : await context.clients.availability(vendor);
  if (!unavailable && !isVendorPaused) return 'now';
  await request.moveToDelayed(now.toMillis() + waitMs(unavailable, now), order.token);
  throw new DelayedError();
}

function waitMs(unavailable: Unavailable | undefined, now: DateTime): number {
  const until = unavailable?.until;
  const ms = until ? until.toMillis() - now.toMillis() : lookAgainMs;
  return Math.min(latestMs, Math.max(soonestMs, ms));
}

function orderKey({ prefix }: Queues, job: string): string {
  return `${prefix}:catch-up:${job}`;
}

/** What the ids of these messages begin with. */
const idPrefix = 'catch-up-';
/** While its message is in one of these states, a run is still to be caught up. */
const waiting: ReadonlySet<string> = new Set(['delayed', 'waiting', 'prioritized', 'active']);

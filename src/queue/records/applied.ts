import { hash } from 'node:crypto';
import type { Job } from 'bullmq';
import type { Action } from '../../jobs/job.ts';
import type { Queues } from '../queues.ts';

/*
 * What the last run of a job applied, as short fingerprints: an action that is planned again to the letter was applied
 * and changed nothing, or the schedule runs in circles. Either deserves a look.
 */

/** Kept for so long after the last write; the next run comes long before. */
const keptForSeconds = 40 * 24 * 3600;
/** How many fingerprints go to Redis at a time. */
const chunk = 1000;

/** Remembers what a batch of a run applied. */
export async function rememberApplied(
  { redis, prefix }: Queues,
  run: Pick<Job, 'id' | 'name'>,
  actions: readonly Action[],
): Promise<void> {
  if (actions.length === 0) return;
  const key = keyOf(prefix, run.name, run.id ?? '');
  await redis.sadd(key, ...actions.map(fingerprint));
  await redis.expire(key, keptForSeconds);
}

/** Makes what this run applied that of the last run. */
export async function closeApplied({ redis, prefix }: Queues, run: Pick<Job, 'id' | 'name'>): Promise<void> {
  const key = keyOf(prefix, run.name, run.id ?? '');
  if ((await redis.exists(key)) === 1) await redis.rename(key, keyOf(prefix, run.name, 'last'));
}

/** Whether the last run of a job applied anything that is remembered. */
export async function hasApplied({ redis, prefix }: Queues, job: string): Promise<boolean> {
  return (await redis.exists(keyOf(prefix, job, 'last'))) === 1;
}

/** How many of these actions the last run applied just so. */
export async function countIneffective(
  { redis, prefix }: Queues,
  job: string,
  actions: readonly Action[],
): Promise<number> {
  const key = keyOf(prefix, job, 'last');
  let count = 0;
  for (let start = 0; start < actions.length; start += chunk) {
    const part = actions.slice(start, start + chunk).map(fingerprint);
    const found = await redis.smismember(key, ...part);
    count += found.filter((is) => is === 1).length;
  }
  return count;
}

function fingerprint(action: Action): string {
  // The way through the queue changes the order of the keys. A use of the device in between is no effect of the write.
  const { user, lastUsed: _, ...rest } = action;
  const sorted = Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify([user.username, user.userStorageName, sorted]);
  return hash('sha256', text, 'base64url').slice(0, 11);
}

function keyOf(prefix: string, job: string, run: string): string {
  return `${prefix}:applied:${job}:${run}`;
}

import { type Job, QueueEventsProducer } from 'bullmq';
import type { DateTime } from 'luxon';
import { z } from 'zod';
import { timeIn } from '../../domain/shown-time.ts';
import { isVendor, type Vendor, vendors } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/index.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { WorkerContext } from '../context.ts';
import { putBack } from '../left-to-others/put-back.ts';
import { parseText } from '../messages/parse.ts';
import { type Queues, runsQueueName } from '../queues.ts';

/** A job or a vendor that somebody paused. */
export interface Pause {
  readonly what: string;
  readonly note: string | null;
  /** ISO 8601; empty where its record cannot be read. */
  readonly since: string;
  /** Who paused it, as far as that is known. */
  readonly by: string | null;
}

const KeptPause = z.object({
  note: z.string().nullable(),
  since: z.string(),
  by: z.string().nullable().default(null),
});

/** What can be paused: every job, every vendor. */
export const pausable: readonly string[] = [...jobNames, ...vendors];

/** Tells every process, over the events of the queue of runs, that `what` was paused. */
export const pausedEvent = 'caretaker-paused';

/**
 * Pauses a job or a vendor until it is resumed. Runs under way stop behind what is in flight, and go on later. One that is
 * there stays as it is, unless another note is given.
 *
 * @returns whether there was none
 */
export async function pause(
  queues: Queues,
  what: string,
  { note = null, by }: { readonly note?: string | null | undefined; readonly by: string | null },
  now: DateTime,
): Promise<boolean> {
  const since = now.toUTC().toISO() ?? '';
  const kept = JSON.stringify({ note, since, by });
  const isNew = (await queues.redis.hget(keyOf(queues), what)) === null;
  if (isNew || note !== null) await queues.redis.hset(keyOf(queues), what, kept);
  if (isVendor(what)) await holdAsKept(queues, what);
  // Not closed: its connection is that of the queues.
  const producer = new QueueEventsProducer(runsQueueName, {
    connection: queues.redis,
    prefix: queues.prefix,
  });
  await producer.publishEvent({ eventName: pausedEvent, what });
  return isNew;
}

/** Ends a pause. Tells whether there was one. */
export async function resume(queues: Queues, what: string): Promise<boolean> {
  // First: a queue that stays held without a pause, because this process dies, would be seen by nobody.
  if (isVendor(what)) await queues.vendors[what].resume();
  // Both at once: whoever sees one without the other takes the pause for lost, now or at the next look.
  const [, removed] = await allOf(
    queues.redis.multi().hincrby(resumesKey(queues), what, 1).hdel(keyOf(queues), what),
  );
  if (isVendor(what)) await holdAsKept(queues, what);
  return Number(removed) > 0;
}

/**
 * Holds the queue of a vendor, or lets it go, as the pauses say. Somebody may pause it while another resumes it: whoever
 * comes last has looked at the pauses after that, so that no queue stays held for a pause that is not there.
 */
async function holdAsKept(queues: Queues, vendor: Vendor): Promise<void> {
  for (;;) {
    const isKept = await isPaused(queues, [vendor]);
    await (isKept ? queues.vendors[vendor].pause() : queues.vendors[vendor].resume());
    if ((await isPaused(queues, [vendor])) === isKept) return;
  }
}

/** What is paused, and how often each was resumed, at one moment: a pause that is gone without that was lost. */
export async function lookAtPauses(
  queues: Queues,
): Promise<{ readonly paused: readonly string[]; resumes(what: string): number }> {
  const replies = await allOf(queues.redis.multi().hgetall(keyOf(queues)).hgetall(resumesKey(queues)));
  const [pauses, resumes] = z.tuple([KeptTexts, KeptTexts]).parse(replies);
  return { paused: Object.keys(pauses), resumes: (what) => Number(resumes[what] ?? 0) };
}

const KeptTexts = z.record(z.string(), z.string());

/** The replies of a transaction. @throws what Redis says of any of its commands */
async function allOf(transaction: ReturnType<RedisConnection['multi']>): Promise<readonly unknown[]> {
  const replies = (await transaction.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

/** Every pause there is. */
export async function listPauses(queues: Queues): Promise<Pause[]> {
  const found = await queues.redis.hgetall(keyOf(queues));
  return Object.entries(found).map(([what, text]) => readPause(what, text));
}

/** Whether any of these is paused. */
export async function isPaused({ redis, prefix }: Queues, whats: readonly string[]): Promise<boolean> {
  const found = await redis.hmget(keyOf({ prefix }), ...whats);
  return found.some((text) => text !== null);
}

/** The pause of a job, if it has one. */
export async function pauseOf(
  queues: Pick<Queues, 'redis' | 'prefix'>,
  what: string,
): Promise<Pause | undefined> {
  const text = await queues.redis.hget(keyOf(queues), what);
  return text === null ? undefined : readPause(what, text);
}

/** A pause that cannot be read is a pause all the same: somebody wanted nothing to happen. */
function readPause(what: string, text: string): Pause {
  return { what, ...(parseText(KeptPause, text) ?? unreadable) };
}

const unreadable = { note: 'the record of this pause in Redis cannot be read', since: '', by: null };

/** How often a batch of a paused job looks whether it may go on. */
const lookEveryMs = 5_000;

/**
 * Puts off a batch of a paused job; BullMQ itself holds the queue of a paused vendor.
 *
 * @throws DelayedError always: the batch is in Redis' hands again
 */
export function putOff(context: WorkerContext, queueJob: Job, token: string | undefined): Promise<never> {
  return putBack(context, queueJob, token, { hiddenMs: lookEveryMs, restMs: 0 });
}

/** What a person with this time zone is told of a pause, and how to end it: whole sentences. */
export function describePause(
  { what, note, since, by }: Pause,
  timeZone: string,
): { problem: string; advice: string } {
  const details = [since && ` since ${timeIn(timeZone, since)}`, by && ` by ${by}`, note && ` (${note})`];
  return {
    problem: `${what} has been paused${details.filter(Boolean).join('')}.`,
    advice: `Resume it with: caretaker resume ${what}`,
  };
}

function resumesKey({ prefix }: Pick<Queues, 'prefix'>): string {
  return `${prefix}:resumes`;
}

function keyOf({ prefix }: Pick<Queues, 'prefix'>): string {
  return `${prefix}:pauses`;
}

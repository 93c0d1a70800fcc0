import { z } from 'zod';
import type { SentRequest } from '../messages/run-request.ts';
import type { RunState } from '../messages/run-state.ts';
import type { Queues, RunsQueue } from '../queues.ts';

/*
 * What was asked of a run, and what it knows of itself. A run is what has such a record, and nothing else: it lies outside
 * the keys of the queues, so that no message, whatever its data, its id and its options, can make or change one.
 */

type Store = Pick<Queues, 'redis' | 'prefix'>;

/** What is kept of a run. */
export interface RunRecord {
  readonly job: string;
  /** What was asked for, and the `state` of the run once it has begun; to be parsed. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it has ended, and is kept only to be looked at. */
  readonly isOver: boolean;
}

/** A run that is to be. */
export interface NewRun {
  readonly id: string;
  readonly job: string;
  readonly request: SentRequest;
}

/** Whoever claimed a job and has not added the run after so many seconds is gone. */
const claimHolds = 10;

/*
 * The run that stands in the way of others is one whose BullMQ job has not ended, or that is about to be added. What an
 * ended run left behind, because its process died at that moment, goes.
 */
const claim = `
local holder = redis.call('get', KEYS[1])
local now = tonumber(redis.call('time')[1])
if holder == ARGV[1] and redis.call('exists', KEYS[2]) == 1 then return holder end
if holder and holder ~= ARGV[1] then
  local queueJob = ARGV[3] .. holder
  local record = ARGV[2] .. holder
  if redis.call('exists', queueJob) == 1 then
    if redis.call('hexists', queueJob, 'finishedOn') == 0 then return holder end
  elseif now - tonumber(redis.call('hget', record, 'claimed') or 0) < ${claimHolds} then
    return holder
  end
  if redis.call('hexists', record, 'over') == 0 then redis.call('unlink', record) end
end
redis.call('set', KEYS[1], ARGV[1])
redis.call('hset', KEYS[2], 'claimed', now, unpack(ARGV, 4))
return ARGV[1]
`;

/**
 * Makes a run the one of its job, unless another one is under way, and keeps what was asked of it.
 *
 * @returns the id of the run that is the one of its job now
 */
export async function claimJob(runs: RunsQueue, run: NewRun): Promise<string> {
  const { redis, prefix } = runs;
  const keys = [standingKey(prefix, run.job), recordKey(prefix, run.id)];
  const given = [run.id, recordKey(prefix, ''), runs.toKey(''), ...fieldsOf(run)];
  return String(await redis.eval(claim, keys.length, ...keys, ...given));
}

/** Keeps what was asked of a run that is not to begin, and stands in nobody's way. */
export async function keepRecord({ redis, prefix }: Store, run: NewRun): Promise<void> {
  await redis.hset(recordKey(prefix, run.id), ...fieldsOf(run));
}

function fieldsOf({ job, request }: NewRun): string[] {
  const named = request.users === undefined ? '' : '1';
  return ['job', job, 'request', JSON.stringify(request), 'named', named];
}

/** The run that was the last to be the one of its job, whether it has ended or not. */
export function lastClaim({ redis, prefix }: Store, job: string): Promise<string | null> {
  return redis.get(standingKey(prefix, job));
}

/** What is kept of a run; undefined when there is no such run, or it has ended well. */
export async function readRecord({ redis, prefix }: Store, id: string): Promise<RunRecord | undefined> {
  const [job, request, state, over] = await redis.hmget(
    recordKey(prefix, id),
    'job',
    'request',
    'state',
    'over',
  );
  if (typeof job !== 'string' || typeof request !== 'string') return undefined;
  return { job, data: { ...objectOf(request), ...stateOf(state) }, isOver: typeof over === 'string' };
}

/** What a batch needs of its run: everything but the users that the request may name. */
export interface RunOfBatch {
  readonly id: string;
  readonly name: string;
  /** Its `state`, and `users` when the request names some; to be parsed. */
  readonly data: unknown;
  /** Of its BullMQ job. */
  readonly progress: unknown;
}

/** The run of a batch; undefined when it is not there. Costs no more round trips than one. */
export async function readRunOfBatch(runs: RunsQueue, id: string): Promise<RunOfBatch | undefined> {
  const { redis, prefix } = runs;
  const [[job, state, named, over], progress] = await Promise.all([
    redis.hmget(recordKey(prefix, id), 'job', 'state', 'named', 'over'),
    redis.hget(runs.toKey(id), 'progress'),
  ]);
  if (typeof job !== 'string' || typeof over === 'string') return undefined;
  const data = { ...(named ? { users: true } : {}), ...stateOf(state) };
  return { id, name: job, data, progress: parsed(progress) ?? 0 };
}

/** Writes the state of a run down. */
export async function writeState({ redis, prefix }: Store, id: string, state: RunState): Promise<void> {
  await redis.hset(recordKey(prefix, id), 'state', JSON.stringify(state));
}

const setIfUnchanged = `
if redis.call('hget', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'state', ARGV[2])
return 1
`;

/**
 * Changes the state of a run on which several may decide at once: whoever comes second decides anew, by what the first
 * has written.
 *
 * @param decide is given the `state` as it is now, to be parsed; what it throws is passed on
 */
export async function exchangeState(
  { redis, prefix }: Store,
  id: string,
  decide: (kept: { readonly state?: unknown }) => Promise<RunState> | RunState,
): Promise<RunState> {
  const key = recordKey(prefix, id);
  for (;;) {
    const before = await redis.hget(key, 'state');
    const state = await decide(stateOf(before));
    const after = JSON.stringify(state);
    if ((await redis.eval(setIfUnchanged, 1, key, before ?? '', after)) === 1) return state;
  }
}

/**
 * Ends the record of a run that has ended: its id is that of a run no more.
 *
 * @param keepForMs how long it can still be looked at; left out, its report says all
 */
export async function closeRecord({ redis, prefix }: Store, id: string, keepForMs?: number): Promise<void> {
  const key = recordKey(prefix, id);
  if (keepForMs === undefined) {
    await redis.unlink(key);
  } else if ((await redis.exists(key)) === 1) {
    await redis.hset(key, 'over', '1');
    await redis.pexpire(key, keepForMs);
  }
}

const KeptObject = z.record(z.string(), z.unknown());

function objectOf(text: string): Readonly<Record<string, unknown>> {
  return KeptObject.safeParse(parsed(text)).data ?? {};
}

function stateOf(text: string | null | undefined): { readonly state?: unknown } {
  return typeof text === 'string' ? { state: parsed(text) } : {};
}

/** What cannot be parsed is null: whoever reads it further finds that it has another shape. */
function parsed(text: string | null | undefined): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function recordKey(prefix: string, id: string): string {
  return `${prefix}:run:${id}`;
}

function standingKey(prefix: string, job: string): string {
  return `${prefix}:standing:${job}`;
}

import type { RunsQueue } from '../../queues.ts';
import { fieldsOf, type NewRun, recordKey, type Store, standingKey } from './record-fields.ts';

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

/** The run that was the last to be the one of its job, whether it has ended or not. */
export function lastClaim({ redis, prefix }: Store, job: string): Promise<string | null> {
  return redis.get(standingKey(prefix, job));
}

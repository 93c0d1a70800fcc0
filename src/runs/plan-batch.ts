import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';
import type { AnyJob } from '../jobs/index.ts';
import type { Inspection, Readers } from '../jobs/job.ts';
import {
  type BatchProgress,
  type BatchResult,
  type BatchTools,
  type Outlooks,
  type Seen,
  userKey,
} from './batch.ts';
import { addCounts, addFailure } from './tally.ts';
import { workThrough } from './work-through.ts';

type Reader = Readers[keyof Readers];

/**
 * Inspects the users of a plan batch that are still pending, but for those for whom nothing can be due yet. Reads only.
 *
 * @throws what concerns everybody; `progress` then holds what was found so far
 */
export async function planBatch(
  job: AnyJob,
  users: readonly User[],
  progress: BatchProgress,
  tools: BatchTools<Reader>,
): Promise<void> {
  const { tally, actions, observations, findings } = progress;
  const { batchLog, outlooks } = tools;
  const seen = new Map<number, Seen>();
  if (outlooks) await leaveUnasked(users, progress, outlooks, tools.now());
  // Of an attempt before, perhaps in another process, it is noted here again.
  if (tally.users.notAsked > 0) tools.comparison.refusals.leftUnasked(tally.users.notAsked);
  try {
    await inspectPending();
  } catch (error) {
    // Of whom nothing is remembered, he is asked again: what broke the work off is what is to be known.
    await outlooks?.remember([...seen.values()], tools.now()).catch(() => {});
    throw error;
  }
  await outlooks?.remember([...seen.values()], tools.now());

  function inspectPending(): Promise<void> {
    return workThrough(progress.ledger, {
      width: tools.width,
      items: users.length - tally.users.notAsked,
      signal: tools.signal,
      breaker: tools.breaker,
      record: tools.record,
      comparison: { ...tools.comparison, isInspection: true },
      userAt: (index) => userKey(at(users, index)),
      async perform(index) {
        const user = at(users, index);
        const now = tools.now();
        if (outlooks) seen.set(index, { user, askedMs: now.toMillis() });
        return job.inspect(user, { client: tools.client, policy: tools.policy, now });
      },
      count(index, found) {
        tally.users.inspected += 1;
        const asked = seen.get(index);
        if (asked && found.outlook) seen.set(index, { ...asked, ...outlookAfter(found) });
        tally.actions.planned += found.actions.length;
        tally.touched += found.actions.length > 0 ? 1 : 0;
        tally.late += found.actions.filter(({ late }) => late).length;
        actions.push(...found.actions);
        observations.push(...(found.observations ?? []));
        if (found.kept) {
          addCounts(tally.kept, found.kept);
          batchLog.kept(at(users, index).username, found.kept);
        }
        if (found.unreadable !== undefined) {
          const { username } = at(users, index);
          tally.unreadable += 1;
          addFailure(tally, { user: username, reason: found.unreadable });
          batchLog.failed(username, undefined, found.unreadable);
        }
        for (const finding of found.findings ?? []) {
          tally.findings[finding.rule] = (tally.findings[finding.rule] ?? 0) + 1;
          findings.push(finding);
          batchLog.found(finding);
        }
      },
      fail(index, reason) {
        const user = at(users, index).username;
        tally.users.failed += 1;
        progress.failed.push(index);
        addFailure(tally, { user, reason });
        batchLog.failed(user, undefined, reason);
      },
    });
  }
}

/** Leaves those unasked for whom nothing can be due yet. */
async function leaveUnasked(
  users: readonly User[],
  { ledger, tally }: BatchProgress,
  outlooks: Outlooks,
  now: DateTime,
): Promise<void> {
  // Of whom the roster says that he has left, nobody is asked anyway.
  const pending = [...ledger.pending].filter((index) => at(users, index).active !== false);
  const known = await outlooks.known(
    pending.map((index) => at(users, index)),
    now,
  );
  for (const position of known.keys()) {
    const index = at(pending, position);
    ledger.pending.delete(index);
    tally.users.notAsked += 1;
  }
}

/**
 * What an inspection says of the user's next one. Whoever has planned actions, or dates that cannot be read, is asked at the
 * next run: that is how it is seen whether the writes were made and had an effect.
 */
function outlookAfter({ actions, unreadable, outlook }: Inspection): Partial<Seen> {
  if (!outlook) return {};
  const { nothingBeforeMs, ...rest } = outlook;
  return actions.length > 0 || unreadable !== undefined ? rest : outlook;
}

/** What a plan batch hands over; users that are still pending were not reached. */
export function planResult(progress: BatchProgress, stopped?: string): BatchResult {
  const { tally, actions, observations, ledger } = progress;
  tally.users.notReached = ledger.pending.size;
  return {
    tally,
    ...(actions.length > 0 ? { actions } : {}),
    ...(observations.length > 0 ? { observations } : {}),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`The batch has no item ${index}; its payload was changed.`);
  return item;
}

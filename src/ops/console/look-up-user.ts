import { httpErrors } from '@fastify/sensible';
import type { DateTime } from 'luxon';
import type { User } from '../../domain/user.ts';
import { type Explanation, explainUsers } from '../../jobs/explain-user.ts';
import { jobs } from '../../jobs/index.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { type Asking, askingAbout, asksLess } from '../../queue/outlooks/asking.ts';
import { findPause } from '../../queue/records/find-pause.ts';
import { pastOf } from '../../queue/views/user-past.ts';
import { RosterError, RosterInterrupted } from '../../roster/errors.ts';
import { findNamed, type NamedRows } from '../../roster/named-rows.ts';
import { askQueues } from './ask-redis.ts';
import type { KnownPast } from './pages/user.ts';

/** What a page about a user is made from. */
export type UserContext = Pick<
  WorkerContext,
  'config' | 'queues' | 'clients' | 'openRoster' | 'rosterVendor' | 'now'
>;

/** What is known of the users of a name. */
export interface LookedUp extends Pick<NamedRows, 'meant'> {
  readonly explanations: readonly (Explanation & Asking)[];
  readonly pasts: readonly KnownPast[];
  /** Of vendors that were asked all the same. */
  readonly pauses: readonly string[];
}

/**
 * Explains users by name, for one page at a time: a roster may take minutes to read, and a page asks a vendor beside the
 * batches, whose requests in flight are shared out.
 */
export function createUserLookUp(context: UserContext) {
  let isBusy = false;

  /** @throws HttpError when another page is being made, or the roster cannot be read */
  return async function lookUp(name: string, at: DateTime, signal: AbortSignal): Promise<LookedUp> {
    if (isBusy) throw unavailable('Another user is being looked up. Try again in a moment.');
    isBusy = true;
    try {
      const pauses = await pausesOf(context);
      const { found, meant } = await find(context, name, at, signal);
      const { config, clients } = context;
      const explanations: (Explanation & Asking)[] = [];
      for (const one of await explainUsers(found, { config, clients, now: at, signal }))
        explanations.push({ ...one, ...(await askingOf(context, one, at)) });
      const pasts: KnownPast[] = [];
      for (const user of found) pasts.push({ user, events: await eventsOf(context, user, at) });
      return { meant, explanations, pasts, pauses };
    } finally {
      isBusy = false;
    }
  };
}

async function find(
  { openRoster }: UserContext,
  name: string,
  at: DateTime,
  signal: AbortSignal,
): Promise<NamedRows> {
  try {
    const roster = await openRoster(signal);
    try {
      return await findNamed(roster, [name], at, signal);
    } finally {
      await roster.close();
    }
  } catch (error) {
    const isExpected = error instanceof RosterError || error instanceof RosterInterrupted;
    throw isExpected ? unavailable(error.message) : error;
  }
}

/** Without Redis, what the vendors say is shown all the same. */
async function askingOf(context: UserContext, explanation: Explanation, at: DateTime): Promise<Asking> {
  if (!asksLess(explanation, context.config)) return {};
  const asking = await askQueues(context.queues, () => askingAbout(context, explanation, at)).catch(() => {});
  return asking ?? { notAskedUnknown: 'Redis does not respond.' };
}

/** How long a page waits for the past of a user, in milliseconds: plans of some runs are looked through. */
const pastMs = 5_000;

async function eventsOf(
  { config, queues }: UserContext,
  user: User,
  at: DateTime,
): Promise<KnownPast['events']> {
  const oldestMs = at.minus(config.keepHistoryFor).toMillis();
  return askQueues(queues, () => pastOf(queues, user, oldestMs), pastMs).catch(() => undefined);
}

async function pausesOf({ config, queues, rosterVendor }: UserContext): Promise<string[]> {
  const asked = jobs.filter(({ name }) => config.jobs[name]?.enabled).map(({ vendor }) => vendor);
  const pauses: string[] = [];
  for (const vendor of new Set(rosterVendor ? [rosterVendor, ...asked] : asked)) {
    const pause = await askQueues(queues, () =>
      findPause(queues, { whats: [vendor] }, config.timeZone),
    ).catch(() => undefined);
    if (pause) pauses.push(pause.problem);
  }
  return pauses;
}

/** A page that cannot be made now, and says so to people. */
export function unavailable(text: string): Error {
  const error = httpErrors.serviceUnavailable(text);
  // From 500 on, http-errors takes messages for internal ones; this one is for people.
  error.expose = true;
  return error;
}

import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import type { DateTime } from 'luxon';
import { withDeadline } from '../../../domain/with-deadline.ts';
import { explainUsers } from '../../../jobs/explain-user.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { RosterError, RosterInterrupted } from '../../../roster/errors.ts';
import { findNamed, type NamedRows } from '../../../roster/named-rows.ts';
import { redactor } from '../../../security/redact.ts';
import { frame } from '../pages/frame.ts';
import { userPage, usersPage } from '../pages/user.ts';
import { limitTurns } from '../rate.ts';

/** Users that are explained, a minute: each reads the roster once, and asks both vendors. */
const usersPerMinute = 20;
/** How long a page waits for the roster and the vendors, in milliseconds. */
const patienceMs = 15_000;

const late = Symbol('late');

/** What each job would do to a user now, and why: asks the vendors within their budgets, and writes nothing. */
export function userRoutes(
  scope: FastifyInstance,
  context: Pick<WorkerContext, 'config' | 'clients' | 'openRoster' | 'now'>,
): void {
  const { timeZone, secrets } = context.config;
  const takeTurn = limitTurns(usersPerMinute);
  const lookUp = createLookUp(context);
  const heading = { path: '/users', timeZone };

  scope.get<{ Querystring: { name?: unknown } }>('/users', async ({ who, query: { name } }, reply) => {
    if (typeof name !== 'string' || name.trim() === '') {
      return frame({ ...heading, title: 'Users', who }, usersPage());
    }
    return reply.redirect(`/users/${encodeURIComponent(name.trim())}`, 303);
  });

  scope.get<{ Params: { name: string } }>('/users/:name', async ({ who, params: { name } }, reply) => {
    await takeTurn();
    const end = new AbortController();
    reply.raw.once('close', () => end.abort());
    const found = await withDeadline(lookUp(name, end.signal), patienceMs, late).finally(() => end.abort());
    if (found === late) throw unavailable('The roster or a vendor does not answer. Try again later.');
    const redact = redactor(secrets);
    const explanations = found.explanations.map((one) =>
      one.failed === undefined ? one : { ...one, failed: redact(one.failed) },
    );
    const page = userPage({ name, meant: found.meant, explanations });
    return frame({ ...heading, title: name, who }, page);
  });
}

/** Explains users by name. A roster may take minutes to read, and SuperOffice to be read: so it is read for one at a time. */
function createLookUp({
  config,
  clients,
  openRoster,
  now,
}: Pick<WorkerContext, 'config' | 'clients' | 'openRoster' | 'now'>) {
  let isReading = false;

  async function find(name: string, at: DateTime, signal: AbortSignal): Promise<NamedRows> {
    if (isReading) throw unavailable('The roster is being read for another page. Try again in a moment.');
    isReading = true;
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
    } finally {
      isReading = false;
    }
  }

  return async (name: string, signal: AbortSignal) => {
    const at = now().setZone(config.timeZone);
    const { found, meant } = await find(name, at, signal);
    return { meant, explanations: await explainUsers(found, { config, clients, now: at, signal }) };
  };
}

function unavailable(text: string): Error {
  const error = httpErrors.serviceUnavailable(text);
  // From 500 on, http-errors takes messages for internal ones; this one is for people.
  error.expose = true;
  return error;
}

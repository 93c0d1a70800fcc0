import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import { withDeadline } from '../../../domain/with-deadline.ts';
import { explainUsers } from '../../../jobs/explain-user.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { RosterError } from '../../../roster/errors.ts';
import { findNamed } from '../../../roster/named-rows.ts';
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
  const heading = { path: '/users', timeZone };

  scope.get<{ Querystring: { name?: unknown } }>('/users', async ({ who, query: { name } }, reply) => {
    if (typeof name !== 'string' || name.trim() === '') {
      return frame({ ...heading, title: 'Users', who }, usersPage());
    }
    return reply.redirect(`/users/${encodeURIComponent(name.trim())}`, 303);
  });

  scope.get<{ Params: { name: string } }>('/users/:name', async ({ who, params: { name } }) => {
    await takeTurn();
    const found = await withDeadline(lookUp(context, name), patienceMs, late);
    if (found === late) throw unavailable('The roster or a vendor does not answer. Try again later.');
    const redact = redactor(secrets);
    const explanations = found.explanations.map((one) =>
      one.failed === undefined ? one : { ...one, failed: redact(one.failed) },
    );
    const page = userPage({ name, meant: found.meant, explanations });
    return frame({ ...heading, title: name, who }, page);
  });
}

async function lookUp(
  { config, clients, openRoster, now }: Pick<WorkerContext, 'config' | 'clients' | 'openRoster' | 'now'>,
  name: string,
) {
  const at = now().setZone(config.timeZone);
  try {
    const roster = await openRoster();
    try {
      const { found, meant } = await findNamed(roster, [name], at);
      return { meant, explanations: await explainUsers(found, { config, clients, now: at }) };
    } finally {
      await roster.close();
    }
  } catch (error) {
    if (error instanceof RosterError) throw unavailable(error.message);
    throw error;
  }
}

function unavailable(text: string): Error {
  const error = httpErrors.serviceUnavailable(text);
  // From 500 on, http-errors takes messages for internal ones; this one is for people.
  error.expose = true;
  return error;
}

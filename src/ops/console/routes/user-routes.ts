import type { FastifyInstance } from 'fastify';
import { withDeadline } from '../../../domain/with-deadline.ts';
import { redactor } from '../../../security/redact.ts';
import { createUserLookUp, type UserContext, unavailable } from '../look-up-user.ts';
import { frame } from '../pages/frame.ts';
import { userPage, usersPage } from '../pages/user.ts';
import { limitTurns } from '../rate.ts';

/** Users that are explained, a minute: each reads the roster once, and asks both vendors. */
const usersPerMinute = 20;
/** How long a page waits for the roster and the vendors, in milliseconds. */
const patienceMs = 15_000;

const late = Symbol('late');

/** What each job would do to a user now, and why: asks the vendors within their budgets, and writes nothing. */
export function userRoutes(scope: FastifyInstance, context: UserContext): void {
  const { config, now } = context;
  const { timeZone, secrets } = config;
  const takeTurn = limitTurns(usersPerMinute);
  const lookUp = createUserLookUp(context);
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
    const at = now().setZone(timeZone);
    const looking = lookUp(name, at, end.signal);
    const found = await withDeadline(looking, patienceMs, late).finally(() => end.abort());
    if (found === late) throw unavailable('The roster or a vendor does not answer. Try again later.');
    const redact = redactor(secrets);
    const explanations = found.explanations.map((one) =>
      one.failed === undefined ? one : { ...one, failed: redact(one.failed) },
    );
    const page = userPage({ ...found, name, explanations, now: at });
    return frame({ ...heading, title: name, who }, page);
  });
}

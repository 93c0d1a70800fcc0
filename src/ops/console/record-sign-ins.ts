import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WorkerContext } from '../../queue/context.ts';
import { createRecorder, type Person } from '../../queue/records/recorder.ts';

/** How long somebody who goes on looking has signed in once, in milliseconds. */
const visitMs = 60 * 60 * 1000;
/** More visitors at once than a console has; of the rest some sign-ins are told twice. */
const mostVisitors = 1_000;

/** Who sends this request: the name of the sign-in, which is not checked, and the address. */
export function personOf({ who, ip }: FastifyRequest): Person {
  return { by: who, from: { kind: 'console', address: ip } };
}

/**
 * Writes each sign-in into the history. A browser sends the secret with every request, so that a name from an address
 * counts as one visit until it has been away for an hour. Wrong secrets are only logged: whoever knows none must not be
 * able to push the lines of others out of the history.
 */
export function recordSignIns(scope: FastifyInstance, context: WorkerContext): void {
  const { queues, now } = context;
  const visits = new Map<string, number>();
  scope.addHook('preHandler', async (request) => {
    const nowMs = now().toMillis();
    const visitor = JSON.stringify([request.who, request.ip]);
    const isVisiting = (visits.get(visitor) ?? Number.NEGATIVE_INFINITY) > nowMs - visitMs;
    // A page that tells of a Redis that is away must not wait for it; the next request signs in again.
    if (!isVisiting && queues.redis.status !== 'ready') return;
    visits.delete(visitor);
    visits.set(visitor, nowMs);
    const [longestAway] = visits.keys();
    if (visits.size > mostVisitors && longestAway !== undefined) visits.delete(longestAway);
    if (isVisiting) return;
    void createRecorder(context, personOf(request)).note({ what: 'sign-in', on: {} }, { outcome: 'done' });
  });
}

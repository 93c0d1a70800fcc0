import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { findJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { pauseOf } from '../../queue/records/pauses.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import { decideRun, NotHeld } from '../../queue/run-worker/hold.ts';
import { askQueues } from './ask-redis.ts';

const Decision = z.object({
  decision: z.enum(['approve', 'reject']),
  note: z.string().trim().min(1).max(200),
});

/** What the forms of the console do: what `approve`, `reject` and `trigger` do on the command line. */
export function formRoutes(scope: FastifyInstance, { config, queues, log, now }: WorkerContext): void {
  scope.post<{ Params: { id: string } }>('/runs/:id/decision', async (request, reply) => {
    const { id } = request.params;
    const form = Decision.safeParse(request.body);
    if (!form.success) throw httpErrors.badRequest('A decision needs a reason of at most 200 characters.');
    const { decision, note } = form.data;
    try {
      await askQueues(queues, () =>
        decideRun(queues.runs, id, { verdict: decision, note, by: request.who }, now()),
      );
    } catch (error) {
      if (error instanceof NotHeld) throw httpErrors.conflict(error.message);
      throw error;
    }
    // Log fields keep their names.
    log.info({ run: id, answer: decision, by: request.who, note }, 'held run decided');
    return reply.redirect(`/runs/${encodeURIComponent(id)}`, 303);
  });

  scope.post<{ Params: { job: string } }>('/jobs/:job/runs', async (request, reply) => {
    const { job } = request.params;
    if (!findJob(job) || !config.jobs[job]?.enabled) {
      throw httpErrors.notFound(`The job ${job} does not exist or is disabled.`);
    }
    const paused = await askQueues(queues, () => pauseOf(queues, job));
    if (paused)
      throw httpErrors.conflict(`The job ${job} is paused. Resume it first: caretaker resume ${job}`);
    const runRequest = { mode: 'observe', requestedBy: request.who } as const;
    const added = await askQueues(queues, () =>
      addRun(queues.runs, job, runRequest, { trigger: 'command' }, newRunId(job, now())),
    );
    log.info({ run: added.id, status: added.status, by: request.who }, 'run requested in the console');
    return reply.redirect(`/runs/${encodeURIComponent(added.id)}`, 303);
  });
}

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { findJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { pauseOf } from '../../queue/records/pauses.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import { decideRun, NotHeld } from '../../queue/run-worker/hold.ts';
import { ask } from './ask-redis.ts';
import { HttpError } from './http-error.ts';

const Answer = z.object({
  answer: z.enum(['approve', 'reject']),
  note: z.string().trim().min(1).max(200),
});

/** What the forms of the console do: what `approve`, `reject` and `trigger` do on the command line. */
export function formRoutes(scope: FastifyInstance, { config, queues, log, now }: WorkerContext): void {
  scope.post<{ Params: { id: string } }>('/runs/:id/answer', async (request, reply) => {
    const { id } = request.params;
    const form = Answer.safeParse(request.body);
    if (!form.success) throw new HttpError(400, 'An answer needs a reason, of at most 200 characters.');
    const { answer, note } = form.data;
    try {
      await ask(queues, () => decideRun(queues.runs, id, { verdict: answer, note, by: request.who }, now()));
    } catch (error) {
      if (error instanceof NotHeld) throw new HttpError(409, error.message);
      throw error;
    }
    log.info({ run: id, answer, by: request.who, note }, 'held run answered');
    return reply.redirect(`/runs/${encodeURIComponent(id)}`, 303);
  });

  scope.post<{ Params: { job: string } }>('/jobs/:job/runs', async (request, reply) => {
    const { job } = request.params;
    if (!findJob(job) || !config.jobs[job]?.enabled) {
      throw new HttpError(404, `There is no job called ${job}, or it is switched off.`);
    }
    const paused = await ask(queues, () => pauseOf(queues, job));
    if (paused) throw new HttpError(409, `The job ${job} is paused; first: caretaker resume ${job}`);
    const wish = { mode: 'observe', requestedBy: request.who } as const;
    const added = await ask(queues, () =>
      addRun(queues.runs, job, wish, { trigger: 'command' }, newRunId(job, now())),
    );
    log.info({ run: added.id, status: added.status, by: request.who }, 'run asked for in the console');
    return reply.redirect(`/runs/${encodeURIComponent(added.id)}`, 303);
  });
}

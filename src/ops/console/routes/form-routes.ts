import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findJob } from '../../../jobs/index.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { newRunId } from '../../../queue/messages/run-id.ts';
import { findPause } from '../../../queue/records/find-pause.ts';
import { createRecorder } from '../../../queue/records/recorder.ts';
import { runAct } from '../../../queue/records/run-act.ts';
import { decideRun, NotHeld } from '../../../queue/run-worker/phases/hold.ts';
import { addRun } from '../../../queue/run-worker/requests/add-run.ts';
import { askQueues } from '../ask-redis.ts';
import { followRun } from '../live.ts';
import { personOf } from '../record-sign-ins.ts';

const Decision = z.object({
  decision: z.enum(['approve', 'reject']),
  note: z.string().trim().min(1).max(200),
});

/** What the forms of the console do: what `approve`, `reject` and `trigger` do on the command line. */
export function formRoutes(scope: FastifyInstance, context: WorkerContext): void {
  const { config, queues, now } = context;
  const recorderOf = (request: FastifyRequest) => createRecorder(context, personOf(request));
  scope.post<{ Params: { id: string } }>('/runs/:id/decision', async (request, reply) => {
    const { id } = request.params;
    const form = Decision.safeParse(request.body);
    if (!form.success) throw httpErrors.badRequest('A decision needs a reason of at most 200 characters.');
    const { decision, note } = form.data;
    try {
      await askQueues(queues, () =>
        recorderOf(request).record({ what: decision, on: { run: id }, why: note }, () =>
          decideRun(queues, id, { verdict: decision, note, by: request.who }, now().setZone(config.timeZone)),
        ),
      );
    } catch (error) {
      if (error instanceof NotHeld) throw httpErrors.conflict(error.message);
      throw error;
    }
    return reply.redirect(followRun(id), 303);
  });

  scope.post<{ Params: { job: string } }>('/jobs/:job/runs', async (request, reply) => {
    const { job } = request.params;
    if (!findJob(job) || !config.jobs[job]?.enabled) {
      throw httpErrors.notFound(`The job ${job} does not exist or is disabled.`);
    }
    const concerned = { whats: [job], rosterVendor: context.rosterVendor };
    const paused = await askQueues(queues, () => findPause(queues, concerned, config.timeZone));
    if (paused) throw httpErrors.conflict(`${paused.problem} ${paused.advice}`);
    const runRequest = { mode: 'observe', requestedBy: request.who } as const;
    const act = runAct('trigger', { job, request: runRequest });
    const added = await askQueues(queues, () =>
      recorderOf(request).record(
        act,
        () => addRun(queues.runs, job, runRequest, { trigger: 'console' }, newRunId(job, now())),
        ({ id, status }) => ({ outcome: status, on: { ...act.on, run: id } }),
      ),
    );
    return reply.redirect(followRun(added.id), 303);
  });
}

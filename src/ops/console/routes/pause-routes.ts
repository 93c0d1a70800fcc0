import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { OperatorError } from '../../../domain/operator-error.ts';
import { isVendor, vendors } from '../../../domain/vendor.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { listPauses, pausable, pause, resume } from '../../../queue/records/pauses.ts';
import { createRecorder } from '../../../queue/records/recorder.ts';
import { endRun } from '../../../queue/run-worker/end-run.ts';
import { askQueues } from '../ask-redis.ts';
import type { Forms } from '../forms.ts';
import { followRun } from '../live.ts';
import { frame } from '../pages/frame.ts';
import { everything, pausePage } from '../pages/pause.ts';
import { personOf } from '../record-sign-ins.ts';

const Note = z.string().trim().min(1).max(200);
const Change = z.object({ change: z.enum(['pause', 'resume']), note: Note });
const Stop = z.object({ note: Note });

interface Changed {
  readonly Params: { readonly what: string };
}

/** What `pause`, `resume` and `stop` do on the command line, with the page that asks for the reason. */
export function pauseRoutes(scope: FastifyInstance, context: WorkerContext, forms: Forms): void {
  const { config, queues, now } = context;
  const { timeZone } = config;

  scope.get<Changed>('/pauses/:what', async ({ who, params: { what } }) => {
    const whats = whatsOf(what);
    const pauses = await askQueues(queues, () => listPauses(queues));
    const facts = {
      what,
      pauses: pauses.filter((one) => whats.includes(one.what)),
      token: forms.token(who, `/pauses/${encodeURIComponent(what)}`),
      now: now().setZone(timeZone),
    };
    return frame({ title: `Pause ${what}`, who, timeZone }, pausePage(facts));
  });

  scope.post<Changed>('/pauses/:what', async (request, reply) => {
    const form = Change.safeParse(request.body);
    if (!form.success) throw httpErrors.badRequest('A pause needs a reason of at most 200 characters.');
    const { change, note } = form.data;
    const { who } = request;
    const recorder = createRecorder(context, personOf(request));
    for (const what of whatsOf(request.params.what)) {
      const act = { what: change, on: isVendor(what) ? { vendor: what } : { job: what }, why: note };
      const work = async () => {
        if (change === 'resume') return (await resume(queues, what)) ? 'resumed' : 'was not paused';
        await pause(queues, what, { note, by: who }, now());
        return 'paused';
      };
      await askQueues(queues, () => recorder.record(act, work, (outcome) => ({ outcome })));
    }
    return reply.redirect('/', 303);
  });

  scope.post<{ Params: { id: string } }>('/runs/:id/stop', async (request, reply) => {
    const form = Stop.safeParse(request.body);
    if (!form.success) throw httpErrors.badRequest('A stop needs a reason of at most 200 characters.');
    const { note } = form.data;
    const { id } = request.params;
    const recorder = createRecorder(context, personOf(request));
    try {
      await askQueues(queues, () =>
        recorder.record({ what: 'stop', on: { run: id }, why: note }, () =>
          endRun(queues, id, `stopped by ${request.who}: ${note}`, now()),
        ),
      );
    } catch (error) {
      if (error instanceof OperatorError) throw httpErrors.conflict(error.message);
      throw error;
    }
    return reply.redirect(followRun(id), 303);
  });
}

/** @throws HttpError when there is no such job or vendor */
function whatsOf(what: string): readonly string[] {
  if (what === everything) return vendors;
  if (pausable.includes(what)) return [what];
  throw httpErrors.notFound(`There is no job or vendor ${what}.`);
}

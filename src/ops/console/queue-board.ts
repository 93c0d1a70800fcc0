import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import type { WorkerContext } from '../../queue/context.ts';
import { begun } from '../../queue/records/history.ts';
import { createRecorder } from '../../queue/records/recorder.ts';
import { requireRedis } from './ask-redis.ts';
import { requireSameOrigin } from './forms.ts';
import { allowBoard } from './headers.ts';
import { maskBatch, maskReturn, maskRun } from './mask.ts';
import { personOf } from './record-sign-ins.ts';

/** Where Bull Board is. */
export const queuesPath = '/queues';

/** To write back a masked payload in place of the true one, to add a batch past the gate, to touch what the configuration sets. */
const neverAllowed = /\/(update-data|add)\/?$|\/job-schedulers\//;

/** Adds Bull Board: it only shows the queues unless configured otherwise, and of payloads only what names nobody. */
export async function queueBoard(scope: FastifyInstance, context: WorkerContext): Promise<void> {
  const { config, queues } = context;
  const writable = config.ops.queuesWritable;
  allowBoard(scope);
  scope.addHook('onRequest', async (request) => {
    requireRedis(queues);
    if (request.method === 'GET' || request.method === 'HEAD') return;
    requireSameOrigin(request);
    const [path = ''] = request.url.split('?', 1);
    if (!writable) {
      throw httpErrors.methodNotAllowed(
        'Bull Board only shows the queues. To change them, set OPS_QUEUES_WRITABLE=true.',
      );
    }
    if (neverAllowed.test(path)) {
      throw httpErrors.methodNotAllowed(
        'Bull Board cannot change this. Use the caretaker command or the configuration.',
      );
    }
    const act = {
      what: 'change-queues',
      on: { queue: path.slice(queuesPath.length) },
      detail: request.method,
    } as const;
    await createRecorder(context, personOf(request)).note(act, { outcome: begun });
  });

  const adapter = new FastifyAdapter();
  adapter.setBasePath(queuesPath);
  const options = { readOnlyMode: !writable, allowRetries: writable };
  const boards = [queues.runs, ...Object.values(queues.vendors)].map((queue) => {
    const board = new BullMQAdapter(queue, options);
    board.setFormatter('data', queue === queues.runs ? maskRun : maskBatch);
    board.setFormatter('returnValue', maskReturn);
    board.setFormatter('progress', (progress) => (typeof progress === 'number' ? progress : 0));
    return board;
  });
  createBullBoard({
    queues: boards,
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Queues', miscLinks: [{ text: 'Back to the console', url: '/' }] } },
  });
  await scope.register(adapter.registerPlugin());
}

import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import type { WorkerContext } from '../../queue/context.ts';
import { errorPages } from './error-pages.ts';
import { guardForms } from './forms.ts';
import { setHeaders } from './headers.ts';
import { setLimits } from './limits.ts';
import { queueBoard, queuesPath } from './queue-board.ts';
import { recordSignIns } from './record-sign-ins.ts';
import { formRoutes } from './routes/form-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { requireSecret } from './sign-in.ts';
import type { ConsoleTools } from './tools.ts';

/**
 * Registers the console, in a scope of its own: its secret, its limits and its headers do not touch the probes and the
 * metrics beside it. Without a secret there is no console.
 */
export async function registerConsole(
  app: FastifyInstance,
  context: WorkerContext,
  tools: ConsoleTools,
): Promise<void> {
  const secret = context.config.ops.consoleSecret;
  if (secret === undefined) return;
  await app.register(async (scope) => {
    await setHeaders(scope);
    setLimits(scope);
    await requireSecret(scope, secret, context.log);
    recordSignIns(scope, context);
    errorPages(scope, context.log);
    await scope.register(async (pages) => {
      await pages.register(formbody, { bodyLimit: 4 * 1024 });
      const forms = guardForms(pages, secret, context.now);
      pageRoutes(pages, context, { forms, tools });
      formRoutes(pages, context);
    });
    await scope.register(async (board) => queueBoard(board, context), { prefix: queuesPath });
  });
}

import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { WorkerContext } from '../../../queue/context.ts';
import { readHistory } from '../../../queue/records/history.ts';
import { askQueues } from '../ask-redis.ts';
import type { Forms } from '../forms.ts';
import { doctorPage } from '../pages/doctor.ts';
import { frame } from '../pages/frame.ts';
import { historyPage } from '../pages/history.ts';
import { limitTurns } from '../rate.ts';
import type { ConsoleTools } from '../tools.ts';
import { findingsRoutes } from './findings-routes.ts';
import { pauseRoutes } from './pause-routes.ts';
import { runRoutes } from './run-routes.ts';
import { stateRoute } from './state-route.ts';
import { userRoutes } from './user-routes.ts';

/** How many lines of the history are shown. */
const linesShown = 200;
/** The doctor signs in at the vendors and takes up to 15 seconds. */
const examinationsPerMinute = 6;

const file = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

/** Every page of the console. Looking at one changes nothing. */
export function pageRoutes(
  scope: FastifyInstance,
  context: WorkerContext,
  { forms, tools }: { readonly forms: Forms; readonly tools: ConsoleTools },
): void {
  const { config, queues, now } = context;
  const { timeZone } = config;
  const style = file('console.css');
  const icon = file('console.svg');
  const takeTurn = limitTurns(examinationsPerMinute);
  scope.addHook('onRequest', async (_request, reply) => {
    reply.type('text/html; charset=utf-8');
  });
  scope.get('/console.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  scope.get('/console.svg', async (_request, reply) => reply.type('image/svg+xml').send(icon));

  scope.get('/history', async ({ who }) => {
    const oldest = now().minus(config.keepHistoryFor).toMillis();
    const lines = await askQueues(queues, () => readHistory(queues, linesShown, oldest));
    const page = historyPage(lines, now().setZone(timeZone));
    return frame({ title: 'History', who, path: '/history', timeZone }, page);
  });

  // It has to work most of all when Redis does not.
  scope.get('/doctor', async ({ who }) => {
    await takeTurn();
    return frame({ title: 'Doctor', who, path: '/doctor', timeZone }, doctorPage(await tools.examine()));
  });

  stateRoute(scope, context, forms);
  runRoutes(scope, context, forms);
  pauseRoutes(scope, context, forms);
  userRoutes(scope, context);
  findingsRoutes(scope, context);
}

import type { FastifyInstance } from 'fastify';
import type { WorkerContext } from '../../../queue/context.ts';
import { needsPerson } from '../../../queue/views/attention.ts';
import { overview } from '../../../queue/views/overview.ts';
import { judge } from '../../../queue/views/verdict.ts';
import { askQueues } from '../ask-redis.ts';
import type { Forms } from '../forms.ts';
import { frame } from '../pages/frame.ts';
import { statePage } from '../pages/state.ts';

/** How often the page reloads itself, in seconds. */
const refreshAfter = 15;

/** The first page. It changes nothing. */
export function stateRoute(
  scope: FastifyInstance,
  { config, queues, now }: Pick<WorkerContext, 'config' | 'queues' | 'now'>,
  forms: Forms,
): void {
  const { timeZone } = config;
  scope.get('/', async ({ who }) => {
    const at = now().setZone(timeZone);
    const seen = await askQueues(queues, () => overview(queues, config, at));
    const attention = needsPerson(seen, config);
    const facts = {
      mode: config.mode,
      seen,
      attention,
      verdict: judge(seen.lastDay, attention),
      now: at,
      token: (job: string) => forms.token(who, `/jobs/${encodeURIComponent(job)}/runs`),
    };
    return frame({ title: 'State', who, path: '/', refreshAfter, timeZone }, statePage(facts));
  });
}

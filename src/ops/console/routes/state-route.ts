import type { FastifyInstance } from 'fastify';
import type { WorkerContext } from '../../../queue/context.ts';
import { needsPerson } from '../../../queue/views/attention/needs-person.ts';
import { judge } from '../../../queue/views/attention/verdict.ts';
import { overview } from '../../../queue/views/overview.ts';
import { askQueues } from '../ask-redis.ts';
import type { Forms } from '../forms.ts';
import { isLive, type LiveWords } from '../live.ts';
import { frame } from '../pages/frame.ts';
import { statePage } from '../pages/state.ts';

/** How often the page reloads itself for who wants that. */
const everySeconds = 15;

/** The first page. It changes nothing. */
export function stateRoute(
  scope: FastifyInstance,
  { config, queues, now }: Pick<WorkerContext, 'config' | 'queues' | 'now'>,
  forms: Forms,
): void {
  const { timeZone } = config;
  scope.get<{ Querystring: LiveWords }>('/', async ({ who, query }) => {
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
    const live = { path: '/', isOn: isLive(query), everySeconds };
    return frame({ title: 'State', who, path: '/', live, timeZone }, statePage(facts));
  });
}

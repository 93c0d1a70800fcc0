import { readFileSync } from 'node:fs';
import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import { jobNames } from '../../jobs/index.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { readHistory } from '../../queue/records/history.ts';
import { findReport, recentRuns } from '../../queue/run-worker/find-report.ts';
import { heldPlan } from '../../queue/views/held-plan.ts';
import { jobStates } from '../../queue/views/job-states.ts';
import { runProgress } from '../../queue/views/run-progress.ts';
import { vendorStates } from '../../queue/views/vendor-states.ts';
import { askQueues } from './ask-redis.ts';
import { findingsRoutes } from './findings-routes.ts';
import type { Forms } from './forms.ts';
import { frame } from './pages/frame.ts';
import { historyPage } from './pages/history.ts';
import { runPage } from './pages/run.ts';
import { runsPage } from './pages/runs.ts';
import { statePage } from './pages/state.ts';

/** How many of the latest runs are shown. */
const runsShown = 200;
/** How many lines of the history are shown. */
const linesShown = 200;
/** How often a page that changes reloads itself, in seconds. */
const refresh = { state: 15, run: 2 };

const file = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Every page of the console. None of them changes anything. */
export function pageRoutes(scope: FastifyInstance, context: WorkerContext, forms: Forms): void {
  const { config, queues, now } = context;
  const style = file('console.css');
  const icon = file('console.svg');
  scope.addHook('onRequest', async (_request, reply) => {
    reply.type('text/html; charset=utf-8');
  });
  scope.get('/console.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  scope.get('/console.svg', async (_request, reply) => reply.type('image/svg+xml').send(icon));

  scope.get('/', async ({ who }) => {
    const [jobsNow, vendors] = await askQueues(queues, () =>
      Promise.all([jobStates(queues, config, now()), vendorStates(queues, config)]),
    );
    const facts = {
      mode: config.mode,
      jobs: jobsNow,
      vendors,
      now: now(),
      token: (job: string) => forms.token(who, `/jobs/${encodeURIComponent(job)}/runs`),
    };
    return frame({ title: 'State', who, path: '/', refreshAfter: refresh.state }, statePage(facts));
  });

  scope.get<{ Querystring: { job?: unknown } }>('/runs', async ({ who, query }) => {
    const job = jobNames.find((name) => name === query.job);
    const reports = await askQueues(queues, () => recentRuns(queues.runs, runsShown));
    return frame({ title: 'Runs', who, path: '/runs' }, runsPage(reports, job, now()));
  });

  scope.get<{ Params: { id: string } }>('/runs/:id', async ({ who, params: { id } }) => {
    const [report, progress, plan] = await askQueues(queues, () =>
      Promise.all([findReport(queues.runs, id), runProgress(queues.runs, id), heldPlan(queues.runs, id)]),
    );
    if (!report) throw httpErrors.notFound(`There is no run ${id}, or it is no longer kept.`);
    const token = forms.token(who, `/runs/${encodeURIComponent(report.run.id)}/decision`);
    const changes = report.run.status === 'running' || plan?.answer !== undefined;
    const heading = { title: report.run.id, who, path: '/runs' };
    return frame(
      changes ? { ...heading, refreshAfter: refresh.run } : heading,
      runPage({ report, progress, plan, token, now: now() }),
    );
  });

  scope.get('/history', async ({ who }) => {
    const oldest = now().minus(config.keepHistoryFor).toMillis();
    const lines = await askQueues(queues, () => readHistory(queues, linesShown, oldest));
    return frame({ title: 'History', who, path: '/history' }, historyPage(lines, now()));
  });

  findingsRoutes(scope, context);
}

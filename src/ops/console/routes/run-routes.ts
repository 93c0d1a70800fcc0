import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';
import { jobNames } from '../../../jobs/index.ts';
import { aliveWorkers } from '../../../queue/alive-workers.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { findReport, recentRuns } from '../../../queue/run-worker/reports/find-report.ts';
import { heldPlan } from '../../../queue/views/held-plan.ts';
import { readPlanPart } from '../../../queue/views/plan-part.ts';
import { findRunPlan } from '../../../queue/views/run-plan.ts';
import { runProgress } from '../../../queue/views/run-progress.ts';
import { askQueues } from '../ask-redis.ts';
import type { Forms } from '../forms.ts';
import { isLive, type LiveWords } from '../live.ts';
import { frame } from '../pages/frame.ts';
import { stopPage } from '../pages/pause.ts';
import { actionsShown, type PlanQuery, planPage } from '../pages/plan.ts';
import { runPage } from '../pages/run.ts';
import { runsPage } from '../pages/runs.ts';
import { limitTurns } from '../rate.ts';

/** How many of the latest runs are shown. */
const runsShown = 200;
/** How many actions of its plan are shown on the page of a held run. */
const soonestShown = 10;
/** How often the page of a run that changes reloads itself for who wants that. */
const everySeconds = 2;
/** Plans that are looked through, a minute: one may have a million actions. */
const plansPerMinute = 60;
/** How long a page waits for a plan, in milliseconds. */
const planMs = 10_000;

interface PlanWords {
  readonly user?: unknown;
  readonly only?: unknown;
  readonly page?: unknown;
}

/** The pages of runs and their plans. None of them changes anything. */
export function runRoutes(scope: FastifyInstance, context: WorkerContext, forms: Forms): void {
  const { queues, now, sort, config } = context;
  const { timeZone } = config;
  const takeTurn = limitTurns(plansPerMinute);
  const localNow = () => now().setZone(timeZone);

  scope.get<{ Querystring: { job?: unknown } }>('/runs', async ({ who, query }) => {
    const job = jobNames.find((name) => name === query.job);
    const reports = await askQueues(queues, () => recentRuns(queues.runs, runsShown));
    return frame({ title: 'Runs', who, path: '/runs', timeZone }, runsPage(reports, job, localNow()));
  });

  scope.get<{ Params: { id: string }; Querystring: LiveWords }>('/runs/:id', async (request) => {
    const { who, query } = request;
    const { id } = request.params;
    const report = await askQueues(queues, () => findReport(queues.runs, id));
    if (!report) throw notFound(id);
    const [progress, plan, runPlan, workers] = await askQueues(queues, () =>
      Promise.all([
        runProgress(queues.runs, id),
        heldPlan(queues, report),
        findRunPlan(queues.runs, report.run.id),
        aliveWorkers(queues).catch(() => undefined),
      ]),
    );
    const wanted = { user: '', onlyLate: false, skip: 0, atMost: soonestShown };
    const isHeld = plan !== undefined && runPlan?.maintenance.plansFrom === 'vendor';
    // The forms of a held run are there all the same: somebody may have to reject it just now.
    const isTurn =
      isHeld &&
      (await takeTurn().then(
        () => true,
        () => false,
      ));
    const soonest = isTurn
      ? await askQueues(queues, () => readPlanPart(runPlan, wanted, sort), planMs)
      : undefined;
    const token = forms.token(who, `/runs/${encodeURIComponent(report.run.id)}/decision`);
    // Between the two looks a held run may have gone on.
    const isDecided = report.run.status === 'held' && (!plan || plan.answer !== undefined);
    const changes = report.run.status === 'running' || isDecided;
    const heading = { title: report.run.id, who, path: '/runs', timeZone };
    const facts = {
      report,
      progress,
      plan,
      soonest: isHeld && !isTurn ? ('too often' as const) : (soonest?.rows ?? []),
      hasPlan:
        runPlan?.maintenance.plansFrom === 'vendor' &&
        (runPlan.kept === 'late' ? report.late : report.actions.planned) > 0,
      workers: workers?.filter(({ command }) => command === undefined).length,
      token,
      now: localNow(),
    };
    const live = { path: `/runs/${encodeURIComponent(id)}`, isOn: isLive(query), everySeconds };
    return frame(changes ? { ...heading, live } : heading, runPage(facts));
  });

  scope.get<{ Params: { id: string }; Querystring: PlanWords }>(
    '/runs/:id/plan',
    async ({ who, params: { id }, query: words }) => {
      const plan = await askQueues(queues, () => findRunPlan(queues.runs, id));
      if (plan?.maintenance.plansFrom !== 'vendor') {
        throw httpErrors.notFound(
          `There is no plan of ${id} to show: only runs that are held, that only observed, or that came after a warning of the vendor keep one of their own.`,
        );
      }
      await takeTurn();
      const query = readQuery(words);
      const { user, onlyLate, page } = query;
      const wanted = { user, onlyLate, skip: (page - 1) * actionsShown, atMost: actionsShown };
      const part = await askQueues(queues, () => readPlanPart(plan, wanted, sort), planMs);
      const { state, kept } = plan;
      const facts = { run: id, query, part, planned: state.planned, kept, now: localNow() };
      return frame({ title: `Plan of ${id}`, who, path: '/runs', timeZone }, planPage(facts));
    },
  );

  scope.get<{ Params: { id: string } }>('/runs/:id/stop', async ({ who, params: { id } }) => {
    const report = await askQueues(queues, () => findReport(queues.runs, id));
    if (!report) throw notFound(id);
    const token = forms.token(who, `/runs/${encodeURIComponent(report.run.id)}/stop`);
    return frame({ title: `Stop ${id}`, who, path: '/runs', timeZone }, stopPage(report.run.id, token));
  });
}

function notFound(id: string): Error {
  return httpErrors.notFound(`There is no run ${id}, or it is no longer kept.`);
}

function readQuery({ user, only, page }: PlanWords): PlanQuery {
  return {
    user: typeof user === 'string' ? user.trim() : '',
    onlyLate: only === 'late',
    page: Math.min(10_000, Math.max(1, Math.trunc(Number(page)) || 1)),
  };
}

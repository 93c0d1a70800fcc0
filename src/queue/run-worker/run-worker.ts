import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { type AnyJob, findJob, jobNames } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { forgetBatches } from '../batch-worker/batch-results.ts';
import { traceRun } from '../batch-worker/trace-spans.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { type RunData, readRequest } from '../messages/payloads.ts';
import { beginRun, type RunState } from '../messages/run-state.ts';
import { runsQueueName } from '../queues.ts';
import { closeApplied } from '../records/applied.ts';
import { rememberLastRun } from '../records/last-run.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { workerOptions } from '../worker-options.ts';
import { isRun } from './add-run.ts';
import { conclude } from './conclude.ts';
import { filedBeginning, filedPlan } from './filed-plan.ts';
import { passGate } from './gate.ts';
import { reportOf } from './history.ts';
import { answered } from './hold.ts';
import { ownerGone, ownerOf } from './ownership.ts';
import { reportRun } from './report.ts';
import { answerRequest } from './run-requests.ts';
import { apply, plan, type RunUnderWay } from './steps.ts';

/** Runs and requests at once; most of them only wait for their batches, which takes no place. */
const concurrency = 16;
/** How soon a run that another worker has to begin is offered again. */
const putBackMs = 250;

/** Works on the queue of runs. */
export function openRunWorker(context: WorkerContext): HeartbeatWorker<RunData, Report | null> {
  const { keepRuns, keepRunsFor } = context.config;
  const kept = { count: keepRuns, age: keepRunsFor.as('seconds') };
  const worker = new HeartbeatWorker<RunData, Report | null>(
    runsQueueName,
    (job: Job<RunData>, token: string | undefined, signal: AbortSignal | undefined) =>
      processJob(context, job, token, signal),
    { ...workerOptions(context), concurrency, removeOnComplete: kept, removeOnFail: kept },
  );
  worker.on('completed', ({ id }, report) => {
    if (id)
      forgetBatches(context.queues, id).catch((err: unknown) =>
        context.log.warn({ err }, 'batches not forgotten'),
      );
    // A request hands on the report of its run; that is told by whoever ended the run.
    if (report && report.run.id === id) context.observer?.runEnded(report);
  });
  worker.on('failed', (job) => {
    if (job?.finishedOn === undefined || !findJob(job.name)) return;
    endedWithoutReport(context, job).catch((err: unknown) => context.log.warn({ err }, 'last run not kept'));
  });
  return worker;
}

/** A run or a request that failed before it could make a report. */
async function endedWithoutReport(context: WorkerContext, job: Job<RunData, Report | null>): Promise<void> {
  const report = await reportOf(job);
  if (!report) return;
  context.observer?.runEnded(report);
  if (isRun(job)) await rememberLastRun(context.queues, job.data, report);
}

async function processJob(
  context: WorkerContext,
  job: Job<RunData>,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Report | null> {
  const owner = await ownerOf(context, job);
  if (owner === 'another') {
    await job.moveToDelayed(context.now().toMillis() + putBackMs, token);
    throw new DelayedError();
  }
  const maintenance = understood(context, job);
  if (!isRun(job)) return answerRequest(context, maintenance, job, token);
  const log = context.log.child({ run: job.id, job: job.name, attempt: job.attemptsMade + 1 });
  const under = { context, maintenance, run: job, log, token, signal };
  try {
    return owner === 'gone' ? await endFailed(under, ownerGone) : await live(under);
  } catch (error) {
    if (isHandOver(error) || job.attemptsMade + 1 < (job.opts.attempts ?? 1)) throw error;
    log.error({ err: error }, 'run failed');
    return await endFailed(under, error instanceof Error ? error.message : String(error));
  }
}

/** A request that makes no sense fails at once, with all that is wrong with it; to try again would not help. */
function understood(context: WorkerContext, job: Job<RunData>): AnyJob {
  const maintenance = findJob(job.name);
  if (!maintenance) {
    throw new UnrecoverableError(
      `There is no maintenance job called ${JSON.stringify(job.name.slice(0, 100))}; there are ${jobNames.join(', ')}.`,
    );
  }
  if (!context.config.jobs[job.name]?.enabled) {
    throw new UnrecoverableError(`The job ${job.name} is switched off by its ENABLED=false.`);
  }
  try {
    readRequest(job.data);
  } catch (error) {
    throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
  }
  return maintenance;
}

/** The life of a run, from wherever it is. Each step is written down before the next begins. */
async function live(under: RunUnderWay): Promise<Report> {
  const { context, maintenance, run, log } = under;
  let state = run.data.state ?? (await begin(under));
  if (state.phase === 'plan') {
    if (!state.fannedOut) state = await save(run, await plan(under, state));
    await waitForBatches(under);
    state = await save(run, { ...state, phase: 'gate' });
  }
  if (state.phase === 'gate') {
    state = await save(run, await passGate(under, state));
    const { planned, selected, ending } = state;
    log.info({ mode: state.mode, selected, planned, ending }, 'run planned');
  }
  if (state.phase === 'held') state = await save(run, await answered(under, state));
  if (state.phase === 'canary') {
    if (!state.fannedOut) state = await save(run, await apply(under, state));
    await waitForBatches(under);
    const phase = stopReason(run) === undefined && !state.ending ? 'apply' : 'report';
    state = await save(run, { ...state, phase, fannedOut: false });
  }
  if (state.phase === 'apply') {
    if (!state.fannedOut) state = await save(run, await apply(under, state));
    await waitForBatches(under);
    state = await save(run, { ...state, phase: 'report' });
  }
  // A run that was stopped while it was planned still waits for the batches that are on their way.
  await waitForBatches(under);
  await closeApplied(context.queues, run);
  const { findings, newFindings } = await conclude(under);
  const report = await reportRun(maintenance, run, state, context.now());
  const whole = { ...report, findings: { ...report.findings, ...findings } };
  await rememberLastRun(context.queues, run.data, whole, newFindings);
  log.info({ report: whole }, 'run finished');
  traceRun(context.tracing, state, whole);
  return whole;
}

async function begin({ context, maintenance, run, log }: RunUnderWay): Promise<RunState> {
  const config = context.config.jobs[maintenance.name];
  if (!config) throw new UnrecoverableError(`The job ${maintenance.name} is not configured.`);
  const state = {
    ...beginRun(maintenance, config, run.data.mode ?? context.config.mode, context.now()),
    ...filedBeginning(filedPlan(context, run.data)),
    ...(context.tracing ? { trace: context.tracing.reserve() } : {}),
  };
  const { origin, requestedBy, reason } = run.data;
  const { trigger, plan } = origin ?? {};
  log.info({ mode: state.mode, trigger, plan, requestedBy, reason }, 'run started');
  return save(run, state);
}

async function save(run: Job<RunData>, state: RunState): Promise<RunState> {
  await run.updateData({ ...run.data, state });
  return state;
}

async function waitForBatches({ context, run, token }: RunUnderWay): Promise<void> {
  if (await run.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  // A batch may have left word on the run since this worker took it.
  run.progress = (await context.queues.runs.getJob(run.id ?? ''))?.progress ?? run.progress;
}

async function endFailed(under: RunUnderWay, reason: string): Promise<Report> {
  const { run, context } = under;
  // Without a state nothing was begun: to live on would begin it.
  if (!run.id || !run.data.state) throw new UnrecoverableError(reason);
  await stopRun(context.queues.runs, run.id, reason);
  await save(run, { ...run.data.state, phase: 'report', ending: { status: 'failed', reason } });
  return live(under);
}

function isHandOver(error: unknown): boolean {
  return (
    error instanceof DelayedError ||
    error instanceof WaitingChildrenError ||
    error instanceof WaitingError ||
    error instanceof UnrecoverableError
  );
}

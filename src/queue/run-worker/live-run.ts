import { UnrecoverableError, WaitingChildrenError } from 'bullmq';
import type { ClockTrouble } from '../../domain/clocks.ts';
import type { Report } from '../../runs/report.ts';
import { traceRun } from '../batch-worker/trace-spans.ts';
import { lookAtClocks, lookAtRedisClock } from '../left-to-others/clocks.ts';
import { vendorAddress } from '../left-to-others/vendor-address.ts';
import { beginRun, type RunState, readState } from '../messages/run-state.ts';
import { outlooksOf } from '../outlooks/outlooks.ts';
import { closeApplied } from '../records/applied.ts';
import { rememberUsual } from '../records/baseline.ts';
import { closeFindings, type NewFindings } from '../records/findings.ts';
import { rememberLastRun } from '../records/last-run.ts';
import { isPaused } from '../records/pauses.ts';
import { lastClaim } from '../records/runs/claim-job.ts';
import { saveState } from '../records/runs/save-state.ts';
import { rememberFile, rememberSources } from '../records/source-measures.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { apply } from './phases/apply.ts';
import { conclude } from './phases/conclude.ts';
import { filedBeginning } from './phases/filed-plan.ts';
import { passGate } from './phases/gate.ts';
import { leaveHold } from './phases/hold.ts';
import { plan } from './phases/plan.ts';
import type { RunUnderWay } from './phases/run-under-way.ts';
import { reportRun } from './reports/report.ts';

/** The life of a run, from wherever it is. Each step is written down before the next begins. */
export async function live(under: RunUnderWay): Promise<Report> {
  const { context, maintenance, run, request, users, log } = under;
  let state = readState(run.data) ?? (await begin(under));
  if (state.phase === 'plan') {
    if (!state.fannedOut) state = await saveState(context.queues, run, await plan(under, state));
    await waitForBatches(under);
    state = await saveState(context.queues, run, { ...state, phase: 'gate' });
  }
  if (state.phase === 'gate') {
    state = await saveState(context.queues, run, await passGate(under, state));
    const { planned, selected, ending } = state;
    log.info({ mode: state.mode, selected, planned, ending }, 'run planned');
  }
  if (state.phase === 'held') state = await leaveHold(under);
  if (state.phase === 'canary') {
    if (!state.fannedOut) state = await saveState(context.queues, run, await apply(under, state));
    await waitForBatches(under);
    const phase = stopReason(run) === undefined && !state.ending ? 'apply' : 'report';
    state = await saveState(context.queues, run, { ...state, phase, fannedOut: false });
  }
  if (state.phase === 'apply') {
    if (!state.fannedOut) state = await saveState(context.queues, run, await apply(under, state));
    await waitForBatches(under);
    state = await saveState(context.queues, run, { ...state, phase: 'report' });
  }
  // A run that was stopped while it was planned still waits for the batches that are on their way.
  await waitForBatches(under);
  await closeApplied(context.queues, run);
  const { findings, ending } = await conclude(under, state);
  if (ending) state = await saveState(context.queues, run, { ...state, ending });
  const report = await reportRun(
    maintenance,
    { run, request, state, timeZone: context.config.timeZone },
    context.now(),
  );
  const whole = { ...report, findings: { ...report.findings, ...findings } };
  // What a run that failed has found is not all: the last findings stay the last.
  const newFindings = whole.run.status === 'failed' ? {} : await keepFindings(under, whole);
  await rememberUsual(context.queues, run.data, whole);
  if (whole.run.status === 'completed') await rememberRoster(under, state);
  const sawEverybody = whole.run.status === 'completed' && whole.users.notReached === 0;
  if (sawEverybody && users.kind === 'roster')
    await outlooksOf(context, maintenance, state.policy)?.finish(whole.users.selected);
  const trouble = await lookAtRedisClock(context);
  if (trouble) log.error({ reason: textOf(trouble) }, 'no success is recorded from this clock');
  await rememberLastRun(context.queues, run.data, whole, { newFindings, isDated: !trouble });
  log.info({ report: whole }, 'run finished');
  traceRun(context.tracing, state, whole);
  return whole;
}

/** Keeps what the roster gave. A command may bring another one than that of the configuration, and standard input has no name. */
async function rememberRoster({ context, users }: RunUnderWay, state: RunState): Promise<void> {
  await rememberSources(context.queues, state);
  const { roster } = context.config;
  const isFile = users.kind === 'roster' && state.sources === undefined;
  if (isFile && roster !== undefined && roster !== '-') await rememberFile(context.queues, roster, state);
}

/** Makes the findings of a run those that people look at. Returns how many of them are new. */
async function keepFindings(
  { context, maintenance, run, log }: RunUnderWay,
  { findings: counts }: Report,
): Promise<NewFindings> {
  if (!maintenance.rules) return {};
  const { keepFindings: most, keepRunsFor } = context.config;
  const closed = await closeFindings(context.queues, run, {
    counts,
    most,
    keepForMs: keepRunsFor.toMillis(),
  });
  if (closed.over > 0) log.warn({ over: closed.over, most }, 'findings not kept');
  return closed.isNew;
}

async function begin({ context, maintenance, run, request, users, log }: RunUnderWay): Promise<RunState> {
  const standing = await lastClaim(context.queues, maintenance.name);
  if (standing !== run.id) throw new UnrecoverableError(`overlap: run ${standing} came first`);
  const config = context.config.jobs[maintenance.name];
  if (!config) throw new UnrecoverableError(`The job ${maintenance.name} is not configured.`);
  const { origin, mode, requestedBy, reason } = request;
  const address = vendorAddress(context.config, maintenance.vendor);
  // A vendor that is paused is left alone.
  const isVendorPaused = await isPaused(context.queues, [maintenance.vendor]);
  const trouble = await (isVendorPaused
    ? lookAtRedisClock(context)
    : lookAtClocks(context, maintenance.vendor));
  const state: RunState = {
    ...beginRun(maintenance, config, mode ?? context.config.mode, context.now()),
    ...filedBeginning(users),
    ...(address === undefined ? {} : { address }),
    ...(context.tracing ? { trace: context.tracing.reserve() } : {}),
    ...(trouble ? { phase: 'report', ending: { status: 'stopped', reason: textOf(trouble) } } : {}),
  };
  const { trigger, plan } = origin ?? {};
  log.info({ mode: state.mode, trigger, plan, requestedBy, reason }, 'run started');
  if (trouble) log.error({ reason: textOf(trouble) }, 'run stopped: the clocks differ');
  return saveState(context.queues, run, state);
}

function textOf({ problem, advice }: ClockTrouble): string {
  return `${problem} ${advice}`;
}

async function waitForBatches({ context, run, token }: RunUnderWay): Promise<void> {
  if (await run.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  // A batch may have left word on the run since this worker took it.
  run.progress = (await context.queues.runs.getJob(run.id ?? ''))?.progress ?? run.progress;
}

/** Ends a run before its time: its batches come back as not reached, and its report says what they had done. */
export async function endEarly(
  under: RunUnderWay,
  status: 'failed' | 'stopped',
  reason: string,
): Promise<Report> {
  const { run, context } = under;
  const state = readState(run.data);
  // Without a state nothing was begun: to live on would begin it.
  if (!run.id || !state) throw new UnrecoverableError(reason);
  await stopRun(context.queues.runs, run.id, reason);
  await saveState(context.queues, run, { ...state, phase: 'report', ending: { status, reason } });
  return live(under);
}

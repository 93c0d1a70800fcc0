import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { findJob } from '../../jobs/index.ts';
import type { OpsServer } from '../../ops/server.ts';
import { openTraces } from '../../ops/traces.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { Origin, RunRequest } from '../../queue/messages/payloads.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import { reportUnstarted } from '../../queue/run-worker/report.ts';
import { overlapOf } from '../../queue/run-worker/run-requests.ts';
import { openWorkers } from '../../queue/workers.ts';
import type { PlanFile } from '../../runs/plan-file.ts';
import type { Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { openOpsIfPossible } from '../setup/ops.ts';
import { openQueuesNow } from '../setup/queues.ts';
import { createWorkerContext } from '../setup/worker-context.ts';
import { printJson } from '../terminal/output.ts';
import { printReport } from '../terminal/print-report.ts';
import { showProgress } from '../terminal/progress.ts';
import { exitCodeOf } from './exit-code.ts';
import { type Display, followRun } from './follow-run.ts';
import { recordRun } from './record-run.ts';
import { refusePaused } from './run-request.ts';

/** Stands in the name of a worker that works for one command only. */
const commandMark = '.run-';

/** A run that a command brings and works on itself. */
interface InProcessRun {
  readonly config: Config;
  readonly log: Logger;
  readonly job: string;
  readonly request: RunRequest;
  /** Left out: the roster of the configuration. */
  readonly openRoster?: WorkerContext['openRoster'];
  /** What is applied, in place of a plan of its own. */
  readonly plan?: PlanFile;
  /** Whether the report is printed as JSON, and no progress is shown. */
  readonly json: boolean;
}

/** Adds a run, works on it to its end, prints its report. Resolves to the exit code. */
export async function runInProcess(context: CommandContext, own: InProcessRun): Promise<number> {
  const { config, log, json } = own;
  const tracing = await openTraces(config.traces, log, Date.now);
  const queues = await openQueuesNow(config, log, tracing);
  const named = { ...context, name: `${context.name}${commandMark}${own.job}` };
  const ops = await openOpsIfPossible(named, config, log);
  const progress = showProgress(context, json);
  let workerContext: WorkerContext | undefined;
  try {
    const { openRoster, plan } = own;
    const opened = createWorkerContext(named, {
      config,
      queues,
      log,
      openRoster,
      observer: ops?.observer,
      tracing,
    });
    workerContext = plan ? { ...opened, plan } : opened;
    await refusePaused(queues, own.job);
    const worker = workerContext;
    const report = await recordRun(context, { config, queues, log, mode: config.mode }, own, () =>
      runToEnd(worker, own, { context, progress }, ops),
    );
    progress.end();
    if (json) printJson(context, report);
    else printReport(context, report);
    return exitCodeOf(report);
  } finally {
    progress.end();
    await ops?.close();
    await queues.close();
    await workerContext?.clients.destroy();
    await tracing?.close();
  }
}

async function runToEnd(
  workerContext: WorkerContext,
  own: InProcessRun,
  display: Display,
  ops: OpsServer | undefined,
): Promise<Report> {
  const { runs } = workerContext.queues;
  const { job, request, plan } = own;
  const id = newRunId(job, workerContext.now());
  // At work before the run is there: other workers leave it to this one only while this one lives.
  const workers = await openWorkers({ ...workerContext, onlyRun: id });
  try {
    await ops?.attach(workerContext, workers);
    const added = await addRun(runs, job, request, originOf(workerContext, plan), id);
    if (added.status === 'queued') return await followRun(workerContext, id, display);
    const { isHeld, reason } = await overlapOf(runs, added.id);
    // A held run waits for a person, not for a worker.
    if (isHeld || (await othersAtWork(workerContext))) return skipped(workerContext, own, added.id, reason);
    workerContext.log.warn({ run: added.id }, 'finishing a run that was left behind');
    const adopters = await openWorkers({ ...workerContext, onlyRun: added.id });
    await followRun(workerContext, added.id, display);
    await adopters.close(workerContext.config.drainTimeout.toMillis());
  } finally {
    ops?.drain();
    await workers.close(workerContext.config.drainTimeout.toMillis());
  }
  return runToEnd(workerContext, own, display, ops);
}

function originOf({ name }: WorkerContext, plan: PlanFile | undefined): Origin {
  return { trigger: 'command', worker: name, ...(plan ? { plan: plan.fingerprint } : {}) };
}

/** Whether anybody else works on runs; commands for other jobs do not. */
async function othersAtWork({ queues, name }: WorkerContext): Promise<boolean> {
  const job = name.slice(name.indexOf(commandMark));
  const names = (await queues.runs.getWorkers()).map(({ rawname = '' }) => rawname);
  return names.some((one) => !one.includes(name) && (!one.includes(commandMark) || one.includes(job)));
}

function skipped(
  workerContext: WorkerContext,
  { job, request }: InProcessRun,
  id: string,
  reason: string,
): Report {
  const at = workerContext.now().toUTC().toISO();
  const facts = {
    id,
    job,
    mode: request.mode ?? workerContext.config.mode,
    trigger: 'command',
    requestedBy: request.requestedBy ?? null,
    startedAt: at,
    finishedAt: at,
    status: 'skipped',
    reason,
  } as const;
  return reportUnstarted(findJob(job)?.vendor ?? '', facts, request.reason ?? null);
}

import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { findJob } from '../../jobs/index.ts';
import type { OpsServer } from '../../ops/server.ts';
import { openTraces } from '../../ops/traces.ts';
import type { Crew } from '../../queue/context.ts';
import type { Origin, RunRequest } from '../../queue/messages/payloads.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import { reportUnstarted } from '../../queue/run-worker/report.ts';
import { overlapReason } from '../../queue/run-worker/run-requests.ts';
import { haltRun } from '../../queue/stop-run.ts';
import { openWorkers } from '../../queue/workers.ts';
import type { PlanFile } from '../../runs/plan-file.ts';
import type { Report } from '../../runs/report.ts';
import { type Door, exitCodes } from '../context.ts';
import { openOpsIfPossible } from '../setup/ops.ts';
import { openQueuesNow } from '../setup/queues.ts';
import { openCrew } from '../setup/worker-context.ts';
import { answerJson } from '../terminal/output.ts';
import { printReport } from '../terminal/print-report.ts';
import { type Progress, showProgress } from '../terminal/progress.ts';
import { exitCodeOf } from './exit-code.ts';
import { waitForReport } from './follow-run.ts';
import { refusePaused } from './run-request.ts';

/** Stands in the name of a worker that works for one command only. */
const commandMark = '.run-';

/** A run that a command brings and works on itself. */
interface OwnRun {
  readonly job: string;
  readonly request: RunRequest;
  /** Left out: the roster of the configuration. */
  readonly openRoster?: Crew['openRoster'];
  /** What is applied, in place of a plan of its own. */
  readonly plan?: PlanFile;
}

/** Adds a run, works until it is finished, prints its report. Resolves to the exit code. */
export async function workOnOwnRun(
  door: Door,
  config: Config,
  log: Logger,
  own: OwnRun,
  json: boolean,
): Promise<number> {
  const tracing = await openTraces(config.traces, log, Date.now);
  const queues = await openQueuesNow(config, log, tracing);
  const named = { ...door, name: `${door.name}${commandMark}${own.job}` };
  const ops = await openOpsIfPossible(named, config, log);
  const progress = showProgress(door, json);
  let crew: Crew | undefined;
  try {
    const opened = openCrew(named, config, queues, log, own.openRoster, {
      watch: ops?.watch,
      tracing,
    });
    crew = own.plan ? { ...opened, plan: own.plan } : opened;
    await refusePaused(queues, own.job);
    const report = await runToEnd(door, crew, own, progress, ops);
    progress.end();
    if (json) answerJson(door, report);
    else printReport(door, report);
    return exitCodeOf(report);
  } finally {
    progress.end();
    await ops?.close();
    await queues.close();
    await crew?.clients.destroy();
    await tracing?.close();
  }
}

async function runToEnd(
  door: Door,
  crew: Crew,
  own: OwnRun,
  progress: Progress,
  ops: OpsServer | undefined,
): Promise<Report> {
  const { runs } = crew.queues;
  const { job, request, plan } = own;
  const id = newRunId(job, crew.now());
  // At work before the run is there: other workers leave it to this one only while this one lives.
  const workers = await openWorkers({ ...crew, onlyRun: id });
  try {
    await ops?.attach(crew, workers);
    const added = await addRun(runs, job, request, originOf(crew, plan), id);
    if (added.status === 'queued') return await followToEnd(door, crew, id, progress);
    const reason = await overlapReason(runs, added.id);
    // A held run waits for a person, not for a worker.
    if (reason.includes('held') || (await othersAtWork(crew))) return skipped(crew, own, added.id, reason);
    crew.log.warn({ run: added.id }, 'finishing a run that was left behind');
    const adopters = await openWorkers({ ...crew, onlyRun: added.id });
    await followToEnd(door, crew, added.id, progress);
    await adopters.close(crew.config.drainTimeout.toMillis());
  } finally {
    ops?.drain();
    await workers.close(crew.config.drainTimeout.toMillis());
  }
  return runToEnd(door, crew, own, progress, ops);
}

function originOf({ name }: Crew, plan: PlanFile | undefined): Origin {
  return { trigger: 'command', worker: name, ...(plan ? { plan: plan.fingerprint } : {}) };
}

/** Waits for the report. The first signal stops the run, the second this process. */
async function followToEnd(
  door: Door,
  { queues, log }: Crew,
  id: string,
  progress: Progress,
): Promise<Report> {
  let signals = 0;
  const unlisten = door.onStopSignal(() => {
    signals += 1;
    if (signals > 1) door.exit(exitCodes.failures);
    // Batches that wait are reported as not reached, so that nothing is left behind.
    haltRun(queues.runs, id, 'the command was interrupted').catch((err: unknown) =>
      log.error({ err }, 'run could not be interrupted'),
    );
  });
  try {
    return await waitForReport(queues.runs, id, progress);
  } finally {
    unlisten();
  }
}

/** Whether anybody else works on runs; commands for other jobs do not. */
async function othersAtWork({ queues, name }: Crew): Promise<boolean> {
  const job = name.slice(name.indexOf(commandMark));
  const names = (await queues.runs.getWorkers()).map(({ rawname = '' }) => rawname);
  return names.some((one) => !one.includes(name) && (!one.includes(commandMark) || one.includes(job)));
}

function skipped(crew: Crew, { job, request }: OwnRun, id: string, reason: string): Report {
  const at = crew.now().toUTC().toISO();
  return reportUnstarted(findJob(job)?.vendor ?? '', {
    id,
    job,
    mode: request.mode ?? crew.config.mode,
    trigger: 'command',
    requestedBy: request.requestedBy ?? null,
    startedAt: at,
    finishedAt: at,
    status: 'skipped',
    reason,
  });
}

import { findJob } from '../jobs/index.ts';
import { addRun, newRunId } from '../queue/add-run.ts';
import type { Crew } from '../queue/crew.ts';
import { haltRun } from '../queue/halt.ts';
import type { RunRequest } from '../queue/payloads.ts';
import { overlapReason } from '../queue/requests.ts';
import { reportUnstarted } from '../queue/run-report.ts';
import { openWorkers } from '../queue/workers.ts';
import { openRoster } from '../roster/roster.ts';
import type { Report } from '../runs/report.ts';
import { answerJson } from './answer.ts';
import { type Door, exitCodes } from './door.ts';
import { exitCodeOf } from './exit-code.ts';
import { waitForReport } from './follow.ts';
import { openCrew, openQueuesNow, readConfig, rosterPlace, startLog } from './open.ts';
import { type Progress, showProgress } from './progress.ts';
import { printReport } from './report-text.ts';
import { type RunOptions, refusePaused, requestOf, requireJob } from './run-options.ts';

/** Stands in the name of a worker that works for one command only. */
const commandMark = '.run-';

/** `caretaker run <job>`: adds a run, works until it is finished, prints its report. */
export async function runJob(door: Door, jobName: string, options: RunOptions): Promise<number> {
  const config = readConfig(door);
  const { name } = requireJob(config, jobName);
  const log = startLog(door, config, 'errors');
  // Opened once: standard input cannot be opened again, and the run is to see one roster.
  const roster = options.user?.length ? undefined : await openRoster(rosterPlace(config), door.input);
  const request = await requestOf(door, config, options);
  const queues = await openQueuesNow(config, log);
  const crew = openCrew(
    { ...door, name: `${door.name}${commandMark}${name}` },
    config,
    queues,
    log,
    async () => {
      if (!roster) throw new Error('This run has its users with it and reads no roster.');
      return { ...roster, close: async () => {} };
    },
  );
  const progress = showProgress(door, options.json ?? false);
  try {
    await refusePaused(queues, name);
    const report = await runToEnd(door, crew, name, request, progress);
    progress.end();
    if (options.json) answerJson(door, report);
    else printReport(door, report);
    return exitCodeOf(report);
  } finally {
    progress.end();
    await queues.close();
    await crew.clients.destroy();
    await roster?.close();
  }
}

async function runToEnd(
  door: Door,
  crew: Crew,
  job: string,
  request: RunRequest,
  progress: Progress,
): Promise<Report> {
  const { runs } = crew.queues;
  const id = newRunId(job, crew.now());
  // At work before the run is there: other workers leave it to this one only while this one lives.
  const workers = await openWorkers({ ...crew, onlyRun: id });
  try {
    const added = await addRun(runs, job, request, { trigger: 'command', worker: crew.name }, id);
    if (added.status === 'queued') return await followToEnd(door, crew, id, progress);
    const reason = await overlapReason(runs, added.id);
    // A held run waits for a person, not for a worker.
    if (reason.includes('held') || (await othersAtWork(crew)))
      return skipped(crew, job, request, added.id, reason);
    crew.log.warn({ run: added.id }, 'finishing a run that was left behind');
    const adopters = await openWorkers({ ...crew, onlyRun: added.id });
    await followToEnd(door, crew, added.id, progress);
    await adopters.close(crew.config.drainTimeout.toMillis());
  } finally {
    await workers.close(crew.config.drainTimeout.toMillis());
  }
  return runToEnd(door, crew, job, request, progress);
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

function skipped(crew: Crew, job: string, request: RunRequest, id: string, reason: string): Report {
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

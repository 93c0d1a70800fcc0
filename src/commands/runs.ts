import { DateTime } from 'luxon';
import type { Config } from '../config/config.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { length } from '../domain/quantities.ts';
import { findJob } from '../jobs/index.ts';
import type { Queues } from '../queue/queues.ts';
import { listPauses } from '../queue/records/pauses.ts';
import { findReport, recentRuns } from '../queue/run-worker/reports/find-report.ts';
import { shortRunId } from '../queue/views/find-run-id.ts';
import { samplePlan } from '../queue/views/plan-sample.ts';
import type { Report } from '../runs/report.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { wholeRunId } from './setup/run-id.ts';
import { latestRun, type RunFilters, statusOf, wantedRuns } from './setup/wanted-runs.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';
import { printPause } from './terminal/print-pause.ts';
import { printReport } from './terminal/print-report.ts';
import { tellIfNobodyWorks } from './terminal/print-workers.ts';
import { UsageError } from './usage-error.ts';

interface RunsOptions extends RunFilters {
  readonly json?: boolean;
  /** How many runs are listed. */
  readonly limit?: number;
}

type InZone = RunsOptions & Pick<Config, 'timeZone'>;

/** How many runs are listed, unless it is said. */
const listed = 20;

const columns = ['run', 'job', 'status', 'started', 'took', 'actions'];

/** `caretaker runs [ID]`: the latest runs, or one report whole. */
export function showRuns(
  context: CommandContext,
  id: string | undefined,
  options: RunsOptions,
): Promise<number> {
  const config = readConfig(context, []);
  return withQueues(
    context,
    async (queues) => {
      const { timeZone } = config;
      if (id === undefined) await listRuns(context, queues, { ...options, timeZone });
      else await showRun(context, queues, id, { ...options, timeZone });
      return exitCodes.completed;
    },
    config,
  );
}

async function showRun(
  context: CommandContext,
  queues: Queues,
  typed: string,
  options: InZone,
): Promise<void> {
  const { runs } = queues;
  const { json, timeZone } = options;
  const id = typed === 'latest' ? await latestRun(runs, options) : await wholeRunId(runs, typed);
  const report = await findReport(runs, id);
  if (!report) {
    throw new UsageError(
      `There is no run ${id}.`,
      'Redis keeps the last CARETAKER_KEEP_RUNS runs: caretaker runs lists them.',
    );
  }
  const plan = await samplePlan(runs, report.run.id);
  if (json) return printJson(context, plan ? { ...report, plan } : report);
  printReport(context, report, { timeZone });
  await tellIfNobodyWorks(context, queues, jobsUnderWay([report]));
  await printPausesOf(context, queues, report, timeZone);
  if (report.run.mode === 'enforce' && report.late > 0 && report.run.finishedAt !== null) {
    printLine(context, `who was late: caretaker runs ${shortRunId(report.run.id)} --users`);
  }
  if (report.run.mode === 'observe' && report.actions.planned > 0) {
    printLine(context, `to whom, why and by when: caretaker runs ${shortRunId(report.run.id)} --users`);
  }
  for (const { user, subject } of plan?.sample ?? []) printLine(context, `  planned: ${user} (${subject})`);
}

async function listRuns(context: CommandContext, queues: Queues, options: InZone): Promise<void> {
  const { json, limit = listed, timeZone } = options;
  const wanted = wantedRuns(options);
  const reports = await recentRuns(queues.runs, limit, wanted);
  if (json) return printJson(context, reports);
  const now = context.now().setZone(timeZone);
  const rows = reports.map((report) => rowOf(report, now));
  printTable(context, columns, rows, wanted ? 'no such runs' : 'no runs yet');
  if (rows.length > 0) printLine(context, `times in ${timeZone}`);
  for (const { run } of reports) {
    if (run.reason !== null) printLine(context, `${shortRunId(run.id)}: ${run.reason}`);
  }
  await tellIfNobodyWorks(context, queues, jobsUnderWay(reports));
  for (const pause of await listPauses(queues)) printPause(context, { timeZone }, pause);
}

/** Of runs that wait for a process, or are at work in one; those that are held wait for a person. */
function jobsUnderWay(reports: readonly Report[]): string[] {
  return reports
    .filter((report) => ['queued', 'running'].includes(statusOf(report)))
    .map(({ run }) => run.job);
}

function rowOf(report: Report, now: DateTime): string[] {
  const { run, users, actions } = report;
  const { startedAt, finishedAt } = run;
  const started = DateTime.fromISO(startedAt ?? '').setZone(now.zone);
  const failed = users.failed + actions.failed;
  return [
    shortRunId(run.id),
    run.job,
    statusOf(report),
    startedAt === null ? '' : started.toFormat(started.year === now.year ? 'MM-dd HH:mm' : 'yyyy-MM-dd'),
    startedAt === null || finishedAt === null ? '' : length(Date.parse(finishedAt) - Date.parse(startedAt)),
    `${run.mode === 'observe' ? `${actions.planned} observed` : `${actions.applied} of ${actions.planned}`}${failed > 0 ? `, ${failed} failed` : ''}`,
  ];
}

/** What keeps a run under way from going on. */
async function printPausesOf(
  context: CommandContext,
  queues: Queues,
  { run }: Report,
  timeZone: string,
): Promise<void> {
  if (run.status !== 'running') return;
  const concerned = [run.job, findJob(run.job)?.vendor];
  for (const pause of await listPauses(queues)) {
    if (concerned.some((one) => one === pause.what)) printPause(context, { timeZone }, pause);
  }
}

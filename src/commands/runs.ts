import { exitCodes } from '../domain/exit-codes.ts';
import { findJob } from '../jobs/index.ts';
import type { Queues } from '../queue/queues.ts';
import { listPauses } from '../queue/records/pauses.ts';
import { findReport, recentRuns } from '../queue/run-worker/find-report.ts';
import { samplePlan } from '../queue/views/plan-sample.ts';
import type { Report } from '../runs/report.ts';
import type { CommandContext } from './context.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';
import { printPause } from './terminal/print-pause.ts';
import { printReport } from './terminal/print-report.ts';
import { UsageError } from './usage-error.ts';

interface RunsOptions {
  readonly json?: boolean;
  /** How many runs are listed. */
  readonly count: number;
}

const columns = [
  'run',
  'status',
  'mode',
  'trigger',
  'started',
  'users',
  'planned',
  'applied',
  'failed',
  'reason',
];
/** How much of a reason fits into the table, in characters. */
const longestReason = 80;

/** `caretaker runs [ID]`: the latest runs, or one report whole. */
export function showRuns(
  context: CommandContext,
  id: string | undefined,
  options: RunsOptions,
): Promise<number> {
  return withQueues(context, async (queues) => {
    if (id === undefined) await listRuns(context, queues, options);
    else await showRun(context, queues, id, options);
    return exitCodes.completed;
  });
}

async function showRun(
  context: CommandContext,
  queues: Queues,
  id: string,
  { json }: RunsOptions,
): Promise<void> {
  const { runs } = queues;
  const report = await findReport(runs, id);
  if (!report) {
    throw new UsageError(
      `There is no run ${id}.`,
      'Redis keeps the last CARETAKER_KEEP_RUNS runs: caretaker runs lists them.',
    );
  }
  const plan = await samplePlan(runs, report.run.id);
  if (json) return printJson(context, plan ? { ...report, plan } : report);
  printReport(context, report);
  await printPausesOf(context, queues, report);
  for (const { user, subject } of plan?.sample ?? []) printLine(context, `  planned: ${user} (${subject})`);
}

async function listRuns(
  context: CommandContext,
  queues: Queues,
  { json, count }: RunsOptions,
): Promise<void> {
  const reports = await recentRuns(queues.runs, count);
  if (json) return printJson(context, reports);
  printTable(
    context,
    columns,
    reports.map(({ run, users, actions }) => [
      run.id,
      run.status,
      run.mode,
      run.trigger,
      run.startedAt ?? '',
      ...[users.selected, actions.planned, actions.applied, users.failed + actions.failed].map(String),
      run.reason?.slice(0, longestReason) ?? '',
    ]),
  );
  for (const pause of await listPauses(queues)) printPause(context, pause);
}

/** What keeps a run under way from going on. */
async function printPausesOf(context: CommandContext, queues: Queues, { run }: Report): Promise<void> {
  if (run.status !== 'running') return;
  const concerned = [run.job, findJob(run.job)?.vendor];
  for (const pause of await listPauses(queues)) {
    if (concerned.some((one) => one === pause.what)) printPause(context, pause);
  }
}

import { exitCodes } from '../domain/exit-codes.ts';
import { findReport, recentRuns } from '../queue/run-worker/history.ts';
import { samplePlan } from '../queue/views/plan-sample.ts';
import { type CommandContext, UsageError } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';
import { printReport } from './terminal/print-report.ts';

/** `caretaker runs [ID]`: the history of runs, or one report whole. */
export async function showRuns(
  context: CommandContext,
  id: string | undefined,
  options: { readonly json?: boolean; readonly count: number },
): Promise<number> {
  const config = readConfig(context);
  const queues = await openQueuesNow(config, startLog(context, config, 'errors'));
  try {
    if (id !== undefined) {
      const report = await findReport(queues.runs, id);
      if (!report)
        throw new UsageError(`There is no run ${id}, or it is older than the history (CARETAKER_KEEP_RUNS).`);
      const plan = await samplePlan(queues.runs, report.run.id);
      if (options.json) printJson(context, plan ? { ...report, plan } : report);
      else {
        printReport(context, report);
        for (const { user, subject } of plan?.sample ?? [])
          printLine(context, `  planned: ${user} (${subject})`);
      }
      return exitCodes.completed;
    }
    const reports = await recentRuns(queues.runs, options.count);
    if (options.json) printJson(context, reports);
    else {
      const head = [
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
      printTable(
        context,
        head,
        reports.map(({ run, users, actions }) => [
          run.id,
          run.status,
          run.mode,
          run.trigger,
          run.startedAt ?? '',
          ...[users.selected, actions.planned, actions.applied, users.failed + actions.failed].map(String),
          run.reason?.slice(0, 80) ?? '',
        ]),
      );
    }
    return exitCodes.completed;
  } finally {
    await queues.close();
  }
}

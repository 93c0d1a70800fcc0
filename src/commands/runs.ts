import { findReport, recentRuns } from '../queue/run-worker/history.ts';
import { samplePlan } from '../queue/views/plan-sample.ts';
import { type Door, exitCodes, UsageError } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { answerJson, answerLine, answerTable } from './terminal/output.ts';
import { printReport } from './terminal/print-report.ts';

/** `caretaker runs [ID]`: the history of runs, or one report whole. */
export async function showRuns(
  door: Door,
  id: string | undefined,
  options: { readonly json?: boolean; readonly count: number },
): Promise<number> {
  const config = readConfig(door);
  const queues = await openQueuesNow(config, startLog(door, config, 'errors'));
  try {
    if (id !== undefined) {
      const report = await findReport(queues.runs, id);
      if (!report)
        throw new UsageError(`There is no run ${id}, or it is older than the history (CARETAKER_KEEP_RUNS).`);
      const plan = await samplePlan(queues.runs, report.run.id);
      if (options.json) answerJson(door, plan ? { ...report, plan } : report);
      else {
        printReport(door, report);
        for (const { user, subject } of plan?.sample ?? [])
          answerLine(door, `  planned: ${user} (${subject})`);
      }
      return exitCodes.completed;
    }
    const reports = await recentRuns(queues.runs, options.count);
    if (options.json) answerJson(door, reports);
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
      answerTable(
        door,
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

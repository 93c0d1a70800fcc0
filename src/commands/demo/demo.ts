import { exitCodes } from '../../domain/exit-codes.ts';
import { jobNames } from '../../jobs/index.ts';
import { newRunId } from '../../queue/messages/run-id.ts';
import { addRun } from '../../queue/run-worker/requests/add-run.ts';
import type { Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { waitForReport } from '../run/follow-run.ts';
import { printJson, printLine } from '../terminal/output.ts';
import { printReport } from '../terminal/print-report.ts';
import { showProgress } from '../terminal/progress.ts';
import { countNotifications, countPurgeableWindows, type DemoFacts, printFacts } from './facts.ts';
import { type Performance, setUp } from './set-up.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * `caretaker demo`: a private Redis, both vendors simulated, a worker process with its schedules, and each job once in
 * enforce. Leaves nothing running and nothing behind.
 */
export async function runDemo(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<number> {
  const closers: Performance['closers'] = [];
  const stop = new AbortController();
  const interruption = Promise.withResolvers<never>();
  interruption.promise.catch(() => {});
  const unlisten = context.onStopSignal(() => {
    // The second one. Redis, the worker and the folder have watchdogs, which end them with this process.
    if (stop.signal.aborted) context.exit(exitCodes.failures);
    stop.abort();
    interruption.reject(stop.signal.reason);
  });
  try {
    return await perform(context, {
      quiet: options.json ?? false,
      closers,
      signal: stop.signal,
      unlessInterrupted: (part) => Promise.race([part, interruption.promise]),
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return exitCodes.failures;
  } finally {
    for (const close of closers) await close();
    unlisten();
  }
}

async function perform(context: CommandContext, performance: Performance): Promise<number> {
  const { quiet, unlessInterrupted } = performance;
  const tell = (line: string) => (quiet ? undefined : printLine(context, line));
  const { simulators, queues, config, worker } = await setUp(context, performance, tell);

  const without = countNotifications(simulators, simulators.clock.now() + dayMs);
  const before = countPurgeableWindows(simulators);
  const reports: Report[] = [];
  for (const job of jobNames) {
    const { id } = await addRun(
      queues.runs,
      job,
      { requestedBy: 'demo' },
      { trigger: 'command' },
      newRunId(job, context.now()),
    );
    const progress = showProgress(context, quiet);
    const reported = worker.unlessEnded(waitForReport(queues.runs, id, progress));
    const report = await unlessInterrupted(reported).finally(progress.end);
    reports.push(report);
    if (!quiet) printReport(context, report, config);
    tell('');
  }
  const after = countPurgeableWindows(simulators);
  simulators.clock.advance(dayMs);
  const facts: DemoFacts = {
    windows: { before, after },
    notificationsNextDay: { without, with: countNotifications(simulators, simulators.clock.now()) },
  };
  if (quiet) printJson(context, { reports, facts });
  else printFacts(context, facts);
  return Math.max(...reports.map((report) => exitCodeOf(report, config.failOn)));
}

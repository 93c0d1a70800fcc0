import { type ExitCode, exitCodes } from '../../domain/exit-codes.ts';
import { hasFailures, type Report } from '../../runs/report.ts';

/** The exit code that tells a script how a run ended. */
export function exitCodeOf(report: Report): ExitCode {
  const { status } = report.run;
  if (status === 'held' || status === 'stopped' || status === 'skipped') return exitCodes[status];
  return status === 'completed' && !hasFailures(report) ? exitCodes.completed : exitCodes.failures;
}

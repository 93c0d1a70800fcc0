import type { FailOn } from '../../config/config.ts';
import { type ExitCode, exitCodes } from '../../domain/exit-codes.ts';
import { findJob } from '../../jobs/index.ts';
import { hasFailures, type Report } from '../../runs/report.ts';

/**
 * The exit code that tells a script how a run ended.
 *
 * @param failOn what counts; a run that ended in another way exits with 0
 */
export function exitCodeOf(report: Report, failOn: readonly FailOn[]): ExitCode {
  const { status } = report.run;
  // Its command was told to stop before the run could end.
  if (status === 'running') return exitCodes.stopped;
  const ending = status === 'completed' && hasFailures(report) ? 'failures' : status;
  if (ending !== 'completed' && failOn.includes(ending)) {
    return exitCodes[ending === 'failed' ? 'failures' : ending];
  }
  return hasFindings(report, failOn) ? exitCodes.failures : exitCodes.completed;
}

function hasFindings({ run, findings }: Report, failOn: readonly FailOn[]): boolean {
  const rules = findJob(run.job)?.rules ?? {};
  return Object.entries(findings).some(([rule, count]) => {
    const severity = rules[rule]?.severity;
    return count > 0 && severity !== undefined && failOn.includes(`finding:${severity}`);
  });
}

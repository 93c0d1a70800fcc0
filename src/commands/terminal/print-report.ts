import { DateTime } from 'luxon';
import type { HoldDecision, Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { printLine, printTable, style } from './output.ts';

/** Prints a report for people. */
export function printReport(context: CommandContext, report: Report): void {
  const { run, reason, hold, users, actions, kept, findings, requests, unit } = report;
  const color = run.status === 'completed' ? 'green' : run.status === 'running' ? 'cyan' : 'yellow';
  printLine(context, `${style(context, 'bold', run.job)}  ${run.id}`);
  const who = run.requestedBy ? ` (${run.requestedBy})` : '';
  printLine(
    context,
    `${style(context, color, run.status)} in ${run.mode}, triggered by ${run.trigger}${who}${duration(run)}`,
  );
  if (reason) printLine(context, `requested because: ${reason}`);
  if (run.reason) printLine(context, `reason: ${run.reason}`);
  if (hold?.decision) printDecision(context, hold.decision);
  printTable(
    context,
    ['', 'total', 'done', 'skipped', 'failed', 'not reached'],
    [
      ['users', users.selected, users.inspected, '', users.failed, users.notReached],
      ['actions', actions.planned, actions.applied, actions.skipped, actions.failed, actions.notReached],
    ].map((row) => row.map(String)),
  );
  printUnit(context, unit);
  printUnreadable(context, report);
  printCounts(context, 'kept', kept);
  printCounts(context, 'findings', findings);
  printCounts(context, 'requests', requests);
  printFailures(context, report);
}

function printDecision(context: CommandContext, { what, by, at, note }: HoldDecision): void {
  const word = what === 'approve' ? 'approved' : 'rejected';
  printLine(context, `${word}${by ? ` by ${by}` : ''} at ${at}${note ? `: ${note}` : ''}`);
}

/** Prints how much of the roster could be used, and what failed. */
export function printFailures(
  context: CommandContext,
  { roster, failures }: Pick<Report, 'roster' | 'failures'>,
): void {
  printLine(context, `roster: ${roster.rows} rows, ${roster.rejected} rejected`);
  for (const { user, subject, reason } of failures) {
    printLine(context, `  failed: ${user}${subject ? ` (${subject})` : ''}: ${reason}`);
  }
}

/** Prints of how many users a part could not be read; nothing when there are none. */
export function printUnreadable(context: CommandContext, { unreadable }: Pick<Report, 'unreadable'>): void {
  if (unreadable === 0) return;
  printLine(context, `${style(context, 'yellow', 'unreadable')}: a part of ${unreadable} users`);
}

/** Prints by which unit durations of the vendor are read; nothing where none are. */
export function printUnit(context: CommandContext, unit: Report['unit']): void {
  if (unit === null) return;
  const told =
    unit === 'assumed' ? style(context, 'yellow', 'assumed (none is set, so NOTICE decides)') : unit;
  printLine(context, `unit: ${told}`);
}

/** Prints counts by name in one line, the highest first; nothing when there are none. */
export function printCounts(
  context: CommandContext,
  title: string,
  counts: Readonly<Record<string, number>>,
): void {
  const shown = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (shown.length === 0) return;
  printLine(context, `${title}: ${shown.map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

function duration({ startedAt, finishedAt }: Report['run']): string {
  if (!startedAt || !finishedAt) return '';
  const seconds = DateTime.fromISO(finishedAt).diff(DateTime.fromISO(startedAt)).as('seconds');
  return `, ${seconds.toFixed(1)} s`;
}

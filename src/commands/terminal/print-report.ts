import type { Config } from '../../config/config.ts';
import { length, plural } from '../../domain/quantities.ts';
import { timeIn } from '../../domain/shown-time.ts';
import { findJob } from '../../jobs/index.ts';
import { type HoldDecision, type Outcome, outcomeOf, type Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { printLine, printTable, style } from './output.ts';
import { printJoin } from './print-join.ts';

const colors: Readonly<Partial<Record<Outcome, 'green' | 'cyan'>>> = {
  queued: 'cyan',
  completed: 'green',
  running: 'cyan',
};

/** Prints a report for people, with its times in their zone. */
export function printReport(
  context: CommandContext,
  report: Report,
  { timeZone }: Pick<Config, 'timeZone'>,
): void {
  const { run, reason, hold, users, actions, kept, findings, requests, join, unit } = report;
  const status = outcomeOf(report);
  const color = colors[status] ?? 'yellow';
  const observed = run.mode === 'observe' && run.status === 'completed' ? actions.notReached : 0;
  printLine(context, `${style(context, 'bold', run.job)}  ${run.id}`);
  const who = run.requestedBy ? ` (${run.requestedBy})` : '';
  printLine(
    context,
    `${style(context, color, status)} in ${run.mode}, triggered by ${run.trigger}${who}${duration(run)}`,
  );
  if (reason) printLine(context, `requested because: ${reason}`);
  if (run.reason) printLine(context, `reason: ${run.reason}`);
  if (run.startedAt) printLine(context, `started at ${timeIn(timeZone, run.startedAt)}`);
  if (hold?.decision) printDecision(context, hold.decision, timeZone);
  const unasked = users.notAsked > 0 ? [users.notAsked] : [];
  printTable(
    context,
    ['', 'total', 'done', 'skipped', 'failed', 'not reached', ...(users.notAsked > 0 ? ['not asked'] : [])],
    [
      ['users', users.selected, users.inspected, '', users.failed, users.notReached, ...unasked],
      [
        'actions',
        actions.planned,
        actions.applied,
        actions.skipped,
        actions.failed,
        actions.notReached - observed,
        ...unasked.map(() => ''),
      ],
    ].map((row) => row.map(String)),
  );
  if (observed > 0) {
    printLine(
      context,
      `observed: ${plural(observed, 'action')} would be applied in enforce; nothing was written`,
    );
  }
  const meaning = findJob(run.job)?.actionMeans;
  if (meaning !== undefined && actions.planned > 0) printLine(context, `an action is ${meaning}`);
  printNotAsked(context, report);
  printNotable(context, report);
  printUnit(context, unit);
  printUnreadable(context, report);
  printCounts(context, 'kept', kept);
  printCounts(context, 'findings', findings);
  printCounts(context, 'requests', requests);
  if (join) printJoin(context, join);
  printFailures(context, report);
}

/** Prints of how many users the vendor was not asked, because nothing can be due for them yet. */
function printNotAsked(context: CommandContext, { users: { notAsked } }: Report): void {
  if (notAsked === 0) return;
  printLine(context, `not asked: ${plural(notAsked, 'user')} for whom nothing can be due yet`);
}

/** Prints what a run is judged by beside its sums; each only where there is something to tell. */
function printNotable(context: CommandContext, { late, atRisk, ineffective, repeated }: Report): void {
  const lines: readonly (readonly [number: number, title: string, what: string])[] = [
    [late, 'late', 'of people whom the vendor had warned already'],
    [atRisk, 'at risk', 'expected to be reached only after their deadline'],
    [ineffective, 'ineffective', 'applied by the last run and planned again as if nothing had been done'],
    [repeated, 'in doubt', 'of which nobody knows whether an earlier try went through'],
  ];
  for (const [number, title, what] of lines) {
    if (number > 0)
      printLine(context, `${style(context, 'yellow', title)}: ${plural(number, 'action')} ${what}`);
  }
}

function printDecision(
  context: CommandContext,
  { what, by, at, note }: HoldDecision,
  timeZone: string,
): void {
  const word = what === 'approve' ? 'approved' : 'rejected';
  printLine(context, `${word}${by ? ` by ${by}` : ''} at ${timeIn(timeZone, at)}${note ? `: ${note}` : ''}`);
}

/** Prints how much of the roster could be used, and what failed. */
export function printFailures(
  context: CommandContext,
  { roster, failures }: Pick<Report, 'roster' | 'failures'>,
): void {
  printLine(context, `roster: ${plural(roster.rows, 'row')}, ${roster.rejected} rejected`);
  for (const { user, subject, reason } of failures) {
    printLine(context, `  failed: ${user}${subject ? ` (${subject})` : ''}: ${reason}`);
  }
}

/** Prints of how many users a part could not be read; nothing when there are none. */
export function printUnreadable(context: CommandContext, { unreadable }: Pick<Report, 'unreadable'>): void {
  if (unreadable === 0) return;
  printLine(context, `${style(context, 'yellow', 'unreadable')}: a part of ${plural(unreadable, 'user')}`);
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
  return `, ${length(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}

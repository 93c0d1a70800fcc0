import { DateTime } from 'luxon';
import type { Report } from '../../runs/report.ts';
import type { Door } from '../context.ts';
import { answerLine, answerTable, style } from './output.ts';

/** Prints a report for people. */
export function printReport(
  door: Door,
  { run, users, actions, kept, findings, requests, failures, roster }: Report,
): void {
  const colour = run.status === 'completed' ? 'green' : run.status === 'running' ? 'cyan' : 'yellow';
  answerLine(door, `${style(door, 'bold', run.job)}  ${run.id}`);
  answerLine(
    door,
    `${style(door, colour, run.status)} in ${run.mode}, asked for by ${run.trigger}${run.requestedBy ? ` (${run.requestedBy})` : ''}${duration(run)}`,
  );
  if (run.reason) answerLine(door, `reason: ${run.reason}`);
  answerTable(
    door,
    ['', 'total', 'done', 'skipped', 'failed', 'not reached'],
    [
      ['users', users.selected, users.inspected, '', users.failed, users.notReached],
      ['actions', actions.planned, actions.applied, actions.skipped, actions.failed, actions.notReached],
    ].map((row) => row.map(String)),
  );
  printCounts(door, 'kept', kept);
  printCounts(door, 'findings', findings);
  printCounts(door, 'requests', requests);
  printFailures(door, { roster, failures });
}

/** Prints how much of the roster could be used, and what failed. */
export function printFailures(door: Door, { roster, failures }: Pick<Report, 'roster' | 'failures'>): void {
  answerLine(door, `roster: ${roster.rows} rows, ${roster.rejected} rejected`);
  for (const { user, subject, reason } of failures) {
    answerLine(door, `  failed: ${user}${subject ? ` (${subject})` : ''}: ${reason}`);
  }
}

/** Prints counts by name in one line, the highest first; nothing when there are none. */
export function printCounts(door: Door, title: string, counts: Readonly<Record<string, number>>): void {
  const shown = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (shown.length === 0) return;
  answerLine(door, `${title}: ${shown.map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

function duration({ startedAt, finishedAt }: Report['run']): string {
  if (!startedAt || !finishedAt) return '';
  const seconds = DateTime.fromISO(finishedAt).diff(DateTime.fromISO(startedAt)).as('seconds');
  return `, ${seconds.toFixed(1)} s`;
}

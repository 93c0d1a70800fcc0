import type { Duration } from 'luxon';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { JoinCounts } from '../../roster/joining/counts.ts';
import { addFailure, type Failure } from '../../runs/tally.ts';
import type { CommandContext } from '../context.ts';
import { printJson, printLine, style } from '../terminal/output.ts';
import { printJoin } from '../terminal/print-join.ts';
import { printCounts, printFailures, printUnreadable } from '../terminal/print-report.ts';
import type { CheckedDraft } from './check-draft.ts';
import type { Draft } from './draft-plan.ts';

/** What `caretaker plan` prints. */
interface PlanSummary {
  readonly job: string;
  /** Null when no plan was written. */
  readonly file: string | null;
  readonly fingerprint: string | null;
  readonly plannedAt: string;
  /** The end of the time in which it can be applied. */
  readonly applyBefore: string | null;
  /** What the gate says now: pass, hold or stop. */
  readonly gate: string;
  readonly reason: string | null;
  readonly users: { readonly selected: number; readonly inspected: number; readonly failed: number };
  /** Users of whom a part could not be read. */
  readonly unreadable: number;
  readonly actions: { readonly planned: number; readonly late: number; readonly users: number };
  readonly kept: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly failures: readonly Failure[];
  readonly roster: { readonly rows: number; readonly rejected: number };
  readonly join: JoinCounts | null;
}

/** How a plan is printed. */
interface Printing {
  /** Where the plan is: a path, or `-` for standard output. */
  readonly path: string;
  /** Whether all of it is there. */
  readonly isWritten: boolean;
  readonly json: boolean;
  /** How long the plan can be applied. */
  readonly maxAge: Duration;
}

/** Prints what was planned, and where it is. Returns the exit code. */
export function printPlan(
  context: CommandContext,
  draft: Draft,
  checked: CheckedDraft,
  { path, isWritten, json, maxAge }: Printing,
): number {
  const summary = summarize(draft, checked, path, maxAge);
  // A plan on standard output stays alone there.
  if (json) printJson(context, summary);
  else printSummary(path === '-' ? { ...context, output: context.errors } : context, summary, isWritten);
  if (!checked.plan) return exitCodes.stopped;
  const wrong = summary.users.failed + summary.unreadable + summary.roster.rejected;
  return wrong > 0 ? exitCodes.failures : exitCodes.completed;
}

function summarize(
  { job, plannedAt, count, tally }: Draft,
  { plan, verdict }: CheckedDraft,
  path: string,
  maxAge: Duration,
): PlanSummary {
  const { selected, rows, rejected, rejections, join = null } = count;
  const { inspected, failed } = tally.users;
  const sum: { failures: Failure[] } = { failures: [] };
  for (const failure of [...rejections, ...tally.failures]) addFailure(sum, failure);
  return {
    job,
    file: plan ? path : null,
    fingerprint: plan?.fingerprint ?? null,
    plannedAt: plannedAt.toISO() ?? '',
    applyBefore: plan ? plannedAt.plus(maxAge).toISO() : null,
    gate: verdict.decision,
    reason: verdict.decision === 'pass' ? null : verdict.reason,
    users: { selected, inspected, failed },
    unreadable: tally.unreadable,
    actions: { planned: tally.actions.planned, late: tally.late, users: tally.touched },
    kept: tally.kept,
    requests: tally.requests,
    failures: sum.failures,
    roster: { rows, rejected },
    join,
  };
}

function printSummary(context: CommandContext, summary: PlanSummary, isWritten: boolean): void {
  const { job, users, actions, file, reason } = summary;
  printLine(context, `${style(context, 'bold', job)}  planned at ${summary.plannedAt}`);
  const late = actions.late > 0 ? `, ${actions.late} of them late` : '';
  printLine(context, `actions: ${actions.planned} on ${actions.users} of ${users.selected} users${late}`);
  printLine(context, `users: ${users.inspected} inspected, ${users.failed} failed`);
  printUnreadable(context, summary);
  printCounts(context, 'kept', summary.kept);
  if (summary.join) printJoin(context, summary.join);
  printFailures(context, summary);
  if (file === null) {
    printLine(context, style(context, 'yellow', `no plan was written: ${reason}`));
    return;
  }
  const now = summary.gate === 'hold' ? 'held' : 'stopped';
  if (reason !== null) {
    printLine(context, style(context, 'yellow', `applied now, it would be ${now}: ${reason}`));
  }
  if (!isWritten) {
    printLine(context, style(context, 'yellow', 'the plan is not whole: its reader left standard output'));
    return;
  }
  const written = file === '-' ? 'standard output' : file;
  printLine(
    context,
    `written to ${written}. Apply it before ${summary.applyBefore} with: caretaker apply ${shellWord(file)}`,
  );
  if (file !== '-') printLine(context, `whom it concerns, and why: caretaker plan show ${shellWord(file)}`);
}

/** A path as one word of a shell, and not as one of our options. */
function shellWord(path: string): string {
  const word = /^-./.test(path) ? `./${path}` : path;
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

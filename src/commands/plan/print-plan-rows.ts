import { DateTime } from 'luxon';
import type { AnyJob } from '../../jobs/index.ts';
import type { UnitInEffect } from '../../policies/timed-devices/timeout-unit.ts';
import type { ActionRow, UserRow } from '../../runs/plan-rows.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from '../terminal/output.ts';
import { printUnit } from '../terminal/print-report.ts';
import { printJsonRows, printRows, type Rows } from '../terminal/print-rows.ts';

/** What is said of a plan above its rows. */
export interface PlanHead {
  /** A file, or the id of a run. */
  readonly plan: string;
  readonly job: string;
  readonly plannedAt: string;
  readonly unit: UnitInEffect | null;
  /** Why its run is held; null for a file. */
  readonly held: { readonly reason: string; readonly until: string } | null;
  /** Users that were looked at. */
  readonly selected: number;
}

/** The rows of a plan: actions that a vendor was asked about, or users of a job that plans from the roster. */
export type PlanRows =
  | { readonly kind: 'actions'; readonly rows: Rows<ActionRow> }
  | { readonly kind: 'users'; readonly rows: Rows<UserRow> };

/** How a plan is shown: its times in a zone for people, as ISO 8601 in JSON. */
export interface Showing {
  readonly json: boolean;
  readonly zone: string;
}

const actionHead = ['user', 'storage', 'device', 'last used', 'will be warned', 'will time out', 'why'];
const userHead = ['user', 'storage', 'kinds'];

/** Prints to whom a plan does what, and why. Returns how many rows there were. */
export function printPlanRows(
  context: CommandContext,
  head: PlanHead,
  plan: PlanRows,
  { json, zone }: Showing,
): Promise<number> {
  if (json) {
    return plan.kind === 'actions'
      ? printJsonRows(context, { ...head }, plan.kind, plan.rows)
      : printJsonRows(context, { ...head }, plan.kind, plan.rows);
  }
  const { year } = DateTime.fromISO(head.plannedAt, { zone });
  const moment = (iso: string | null) => {
    if (iso === null) return '';
    const time = DateTime.fromISO(iso, { zone });
    // The year would take the room of the names.
    return time.toFormat(time.year === year ? 'MM-dd HH:mm' : 'yyyy-MM-dd HH:mm');
  };
  printLine(context, `${style(context, 'bold', head.job)}  ${head.plan}`);
  const plannedAt = DateTime.fromISO(head.plannedAt, { zone }).toFormat('yyyy-MM-dd HH:mm');
  printLine(context, `planned at ${plannedAt} for ${head.selected} users; times in ${zone}`);
  if (head.held) {
    const { reason, until } = head.held;
    printLine(context, style(context, 'yellow', `held until ${moment(until)}: ${reason}`));
  }
  printUnit(context, head.unit);
  if (plan.kind === 'users') {
    printLine(context);
    return printRows(context, userHead, plan.rows, ({ user, storage, kinds }) => [
      user,
      storage ?? '',
      kinds.join(', '),
    ]);
  }
  printLine(context, 'late: the vendor has warned the user already');
  printLine(context);
  return printRows(context, actionHead, plan.rows, (row) => [
    row.user,
    row.storage ?? '',
    row.device,
    ...[row.lastUsed, row.willBeWarned, row.willTimeOut].map(moment),
    row.why,
  ]);
}

/** By which unit a policy reads durations of the vendor; null for a job that reads none. */
export function unitInEffect(
  { unit }: AnyJob,
  policy: Readonly<Record<string, string>>,
): UnitInEffect | null {
  return unit?.(policy) ?? null;
}

import { plural } from '../domain/quantities.ts';
import { findJob } from '../jobs/index.ts';
import { type Severity, severities } from '../policies/finding.ts';
import type { LastFindings, WantedFindings } from '../queue/records/last-findings.ts';
import type { FindingRow } from '../queue/views/finding-rows.ts';
import type { CommandContext } from './context.ts';
import { printLine } from './terminal/output.ts';
import { printCounts } from './terminal/print-report.ts';
import { printRows, type Rows } from './terminal/print-rows.ts';

const head = ['severity', 'rule', 'user', 'subject', 'detail'];

/** What is printed of the findings. */
interface Printed {
  readonly wanted: WantedFindings;
  readonly rows: Rows<FindingRow>;
}

/** Prints findings for people: how many there are of what, and those that were asked for. */
export async function printFindings(
  context: CommandContext,
  { job, run, rules }: LastFindings,
  { wanted, rows }: Printed,
): Promise<void> {
  const { rule, severity, associates } = wanted;
  const asked = rules.filter(
    (one) =>
      (rule === undefined || one.rule === rule) && (severity === undefined || one.severity === severity),
  );
  const found = sumOf(rules.map((one) => one.found));
  printLine(context, `${plural(found, 'finding')} of ${run}`);
  printCounts(
    context,
    'by severity',
    Object.fromEntries(severities.map((one) => [one, foundOf(rules, one)])),
  );
  printCounts(context, 'by rule', Object.fromEntries(asked.map((one) => [one.rule, one.found])));
  const text = rule === undefined ? undefined : findJob(job)?.rules?.[rule];
  if (text) for (const line of ['', text.means, text.advice]) printLine(context, line);
  printLine(context);
  const shown = await printRows(context, head, rows, ({ users, associates: ids, ...row }) => [
    row.severity,
    row.rule,
    users.join(', ') || ids.map((id) => `associate ${id}`).join(', '),
    row.subject,
    row.detail,
  ]);
  if (shown === 0) printLine(context, 'no such findings');
  const all = sumOf(asked.map((one) => one.kept));
  if (shown > 0 && associates === undefined && shown < all) {
    printLine(context);
    printLine(context, `The first ${shown} of ${all}. --limit shows more, --csv and --json all.`);
  }
  const over = sumOf(asked.map((one) => one.found - one.kept));
  if (over > 0) {
    const why = 'of each severity as many are kept as CARETAKER_KEEP_FINDINGS says';
    printLine(context, `${plural(over, 'finding')} more can only be read in the log: ${why}.`);
  }
}

function foundOf(rules: LastFindings['rules'], severity: Severity): number {
  return sumOf(rules.filter((one) => one.severity === severity).map((one) => one.found));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

import { plural } from '../domain/quantities.ts';
import { findJob } from '../jobs/index.ts';
import { type Severity, severities } from '../policies/finding.ts';
import type { LastFindings, WantedFindings } from '../queue/records/last-findings.ts';
import type { FindingRow } from '../queue/views/finding-rows.ts';
import type { CommandContext } from './context.ts';
import { printLine, printTable } from './terminal/output.ts';
import { caughtUp, type Rows } from './terminal/print-rows.ts';

const head = ['user', 'subject', 'detail'];

/** What is printed of the findings. */
interface Printed {
  readonly wanted: WantedFindings;
  readonly rows: Rows<FindingRow>;
  /** Left out: everybody. */
  readonly user?: string | undefined;
  /** What there is of all users, where only one is asked for. */
  readonly all?: LastFindings['rules'] | undefined;
}

/** Prints findings for people: how many there are of what, and those that were asked for. */
export async function printFindings(
  context: CommandContext,
  { job, run, rules }: LastFindings,
  { wanted, rows: found, user, all: ofAll }: Printed,
): Promise<void> {
  const { rule, severity } = wanted;
  const asked = rules.filter(
    (one) =>
      (rule === undefined || one.rule === rule) && (severity === undefined || one.severity === severity),
  );
  const whose = user === undefined ? '' : ` for ${user}`;
  printLine(context, `${plural(sumOf(rules.map((one) => one.found)), 'finding')}${whose} of ${run}`);
  const bySeverity = severities.map((one) => `${one} ${foundOf(rules, one)}`);
  printLine(context, `by severity: ${bySeverity.join(', ')}`);
  printLine(context);
  const rows = asked.map((one) => [one.severity, one.rule, String(one.found)]);
  printTable(context, ['severity', 'rule', 'findings'], rows, 'no findings');
  const shown = await printByRule(context, job, found);
  if (shown === 0) printLine(context, 'no such findings');
  const all = sumOf(asked.map((one) => one.kept));
  if (shown > 0 && shown < all) {
    printLine(context);
    printLine(context, `The first ${shown} of ${all}. --limit shows more, --csv and --json all.`);
  }
  const over = sumOf((ofAll ?? asked).map((one) => one.found - one.kept));
  if (over > 0) {
    const why = 'of each severity as many are kept as CARETAKER_KEEP_FINDINGS says';
    printLine(context, `${plural(over, 'finding')} more can only be read in the log: ${why}.`);
  }
}

/** Prints the findings of each rule below what it means and what to do. Returns how many there were. */
async function printByRule(context: CommandContext, job: string, rows: Rows<FindingRow>): Promise<number> {
  let shown = 0;
  let current = '';
  for await (const some of rows) {
    for (const [rule, part] of Map.groupBy(some, (one) => one.rule)) {
      printLine(context);
      if (rule !== current) printRule(context, { job, rule, severity: part[0]?.severity });
      current = rule;
      printTable(context, head, part.map(cellsOf));
    }
    shown += some.length;
    await caughtUp(context);
  }
  return shown;
}

interface RuleHead {
  readonly job: string;
  readonly rule: string;
  readonly severity: Severity | undefined;
}

/** As a table of one column, which breaks no word on a narrow terminal. */
function printRule(context: CommandContext, { job, rule, severity }: RuleHead): void {
  const { means = '', advice = '' } = findJob(job)?.rules?.[rule] ?? {};
  printTable(context, [`${rule} (${severity})`], [[means], [advice]]);
  printLine(context);
}

function cellsOf({ users, associates, subject, detail }: FindingRow): string[] {
  return [users.join(', ') || associates.map((id) => `associate ${id}`).join(', '), subject, detail];
}

function foundOf(rules: LastFindings['rules'], severity: Severity): number {
  return sumOf(rules.filter((one) => one.severity === severity).map((one) => one.found));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

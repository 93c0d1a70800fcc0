import type { Machine } from './machine.ts';
import { type Check, keeps, type Result } from './result.ts';
import { figure } from './stats.ts';

const begin = '<!-- What stands between these two lines is written by npm run bench. -->';
const end = '<!-- Here the figures end. -->';

/** The page with new figures; what a person wrote around them stays. @throws Error when its marks are gone */
export function replaceFigures(page: string, machine: Machine, results: readonly Result[]): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`docs/performance.md has lost its marks: ${begin} and ${end}.`);
  }
  return `${before}${begin}\n\n${figuresOf(machine, results)}\n\n${end}${after}`;
}

function figuresOf(machine: Machine, results: readonly Result[]): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const where = `Measured on ${machine.date} by \`npm run bench\`: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}; ${versions.join(', ')}. All contenders, the simulated vendors and Redis share that machine. What was measured in several rounds: the median (least – most).`;
  return [where, checkTable(results.flatMap(({ checks }) => checks)), ...results.map(section)].join('\n\n');
}

function section({ title, how, columns, rows, charts = [] }: Result): string {
  const pictures = charts.map(({ name, title: caption }) => `![${caption}](performance-${name}.svg)`);
  return [`### ${title}`, how, table(columns, rows), ...pictures].join('\n\n');
}

/** Figures with their budgets, those without one too. */
export function checkTable(checks: readonly Check[]): string {
  return table(
    ['figure', 'measured', 'budget', 'kept'],
    checks.map((check) => [
      check.what,
      figure(check.value),
      budgetOf(check),
      isBudgeted(check) ? (keeps(check) ? 'yes' : '**no**') : '',
    ]),
  );
}

export function isBudgeted({ atLeast, atMost }: Check): boolean {
  return atLeast !== undefined || atMost !== undefined;
}

function budgetOf({ atLeast, atMost }: Check): string {
  if (atLeast !== undefined && atMost !== undefined) return figure(atLeast);
  if (atLeast !== undefined) return `≥ ${figure(atLeast)}`;
  return atMost === undefined ? '' : `≤ ${figure(atMost)}`;
}

/** A table of Markdown, padded so that it can be read as text. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, index) => Math.max(3, ...all.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, index) => (row[index] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(columns),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

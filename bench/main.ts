import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { drawChart } from './charts.ts';
import type { Experiment } from './experiment.ts';
import { asking } from './experiments/asking.ts';
import { audit } from './experiments/audit.ts';
import { budget } from './experiments/budget.ts';
import { latency } from './experiments/latency.ts';
import { logging } from './experiments/logging.ts';
import { refresh } from './experiments/refresh.ts';
import { resume } from './experiments/resume.ts';
import { scale } from './experiments/scale.ts';
import { rosterSources } from './experiments/sources.ts';
import { startUp } from './experiments/start-up.ts';
import { throughput } from './experiments/throughput.ts';
import { workers } from './experiments/workers.ts';
import { openFixture } from './fixture.ts';
import { describeMachine } from './machine.ts';
import { checkTable, isBudgeted, replaceFigures, table } from './page.ts';
import { keeps, type Result } from './result.ts';

/*
 * `npm run bench`: measures everything side by side and writes docs/performance.md and its pictures. With --quick it is
 * over soon, but too small for the budgets, and with --only it is one experiment; both write nothing. --json answers
 * with one document; --check ends 1 when a figure does not keep its budget.
 */

const experiments: readonly Experiment[] = [
  throughput,
  latency,
  refresh,
  asking,
  audit,
  scale,
  rosterSources,
  workers,
  budget,
  resume,
  startUp,
  logging,
];
const docs = join(import.meta.dirname, '../docs');
const page = join(docs, 'performance.md');

const values = new Command('npm run bench --')
  .option('--quick', 'small and once; writes nothing, and misses budgets that are for the full size', false)
  .option('--json', 'answer with one document', false)
  .option('--check', 'end 1 when a figure does not keep its budget', false)
  .addOption(
    new Option('--only <name>', 'one experiment; writes nothing').choices(
      experiments.map(({ name }) => name),
    ),
  )
  // 1 says that a budget is not kept.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ quick: boolean; json: boolean; check: boolean; only?: string }>();
const wanted = experiments.filter(({ name }) => values.only === undefined || name === values.only);

const machine = describeMachine();
const isWritten = !values.quick && values.only === undefined;
// A page that cannot be written is told before anything is measured.
if (isWritten) replaceFigures(readFileSync(page, 'utf8'), machine, []);
const results = await measureAll();
if (values.json) process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
if (isWritten) writePage();
const broken = results.flatMap(({ checks }) => checks).filter((check) => !keeps(check));
if (values.check) {
  tell(`\n${checkTable(results.flatMap(({ checks }) => checks).filter(isBudgeted))}`);
  if (values.quick)
    tell('\nThe budgets are for the full size: with --quick, starting each contender counts for too much.');
  if (broken.length > 0) process.exitCode = 1;
}

async function measureAll(): Promise<Result[]> {
  const fixture = await openFixture();
  try {
    const found: Result[] = [];
    for (const { name, measure } of wanted) {
      tell(`\n${name}`);
      const result = await measure(fixture, { quick: values.quick, tell });
      if (!values.json) print(result);
      found.push(result);
    }
    return found;
  } finally {
    await fixture.close();
  }
}

function print({ title, how, columns, rows }: Result): void {
  process.stdout.write(`\n${title}\n${how}\n\n${table(columns, rows)}\n`);
}

function writePage(): void {
  writeFileSync(page, replaceFigures(readFileSync(page, 'utf8'), machine, results));
  for (const chart of results.flatMap(({ charts = [] }) => charts)) {
    writeFileSync(join(docs, `performance-${chart.name}.svg`), drawChart(chart));
  }
  tell('\ndocs/performance.md and its pictures are written.');
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

import { Command } from 'commander';
import { type Defence, neededBy } from './defence.ts';
import { defences } from './defences.ts';
import { judge, type Verdict } from './judge.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

/*
 * `npm run test:defences`: takes each defence that SECURITY.md claims out of a copy of the project, and sees that the
 * test that the claim names fails.
 */

const { only } = new Command('npm run test:defences --')
  .option('--only <part>', 'tries the claims with this part in the file or the title of their test')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ only?: string }>();

const wanted = defences.filter(({ test, words }) => only === undefined || `${test} ${words}`.includes(only));
/** A test that can only wait for what no longer comes need not wait for its whole time. */
const enoughMs = 20_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(2));
const copy = await copyProject();
let failed = 0;
for (const [file, entries] of Map.groupBy(wanted, ({ test }) => test)) await tryFile(copy, file, entries);
print(`${wanted.length} tried, ${wanted.length - failed} caught, ${failed} not`);
process.exitCode = failed > 0 || wanted.length === 0 ? 1 : 0;

/** All claims that one file of tests shows: first with every defence in, then without one after the other. */
async function tryFile(project: ProjectCopy, file: string, entries: readonly Defence[]): Promise<void> {
  const titles = new Set(entries.map(neededBy));
  const intact = await project.test(file, [...titles].join('|'));
  for (const entry of entries) {
    const begun = performance.now();
    const before = judge(intact, entry.words);
    const verdict: Verdict =
      before.outcome === 'survived'
        ? await tryWithout(project, entry)
        : { outcome: 'broken', why: `with the defence in: ${before.why}` };
    if (verdict.outcome !== 'caught') failed += 1;
    const seconds = Math.round((performance.now() - begun) / 1000);
    print(`${verdict.outcome.padEnd(8)} ${file} “${entry.words}”: ${verdict.why} (${seconds} s)`);
  }
}

async function tryWithout(project: ProjectCopy, entry: Defence): Promise<Verdict> {
  const { test, words, after, without, endsInTimeout } = entry;
  const putBack = await project.takeOut(without);
  try {
    const report = await project.test(test, neededBy(entry), {
      ...(endsInTimeout ? { timeoutMs: enoughMs } : {}),
      isWhole: after !== undefined,
    });
    return judge(report, words, endsInTimeout);
  } catch (error) {
    return { outcome: 'broken', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await putBack();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

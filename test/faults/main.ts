import { Command, Option } from 'commander';
import { createRandom } from '../../simulators/people/random.ts';
import { wholeNumber } from '../../src/commands/program/options.ts';
import { scenarios } from './scenarios.ts';

/*
 * `npm run test:faults`: the long form of the fault suite. Every fault is drawn from the printed seed, so that a failure
 * can be played again: --seed N --only NAME.
 */

const names = scenarios.map(({ name }) => name);
const values = new Command('npm run test:faults --')
  .option('--seed <number>', 'what all faults are drawn from', wholeNumber(0))
  .addOption(new Option('--only <name>', 'plays only this scenario').choices(names))
  .option('--minutes <number>', 'goes on with further seeds for so long', wholeNumber(0), 0)
  .option('--short', 'as in npm test', false)
  // 1 says that a scenario failed.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ seed?: number; only?: string; minutes: number; short: boolean }>();

const wanted = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
const endAt = performance.now() + values.minutes * 60_000;
let seed = values.seed ?? Math.floor(Math.random() * 1_000_000);
let failures = 0;
do {
  print(`seed ${seed}`);
  for (const { name, long, short } of wanted) {
    const begun = performance.now();
    // The draw of a scenario does not depend on which others are played.
    const random = createRandom(seed, names.indexOf(name), 0);
    try {
      const figures = await (values.short ? (short ?? long) : long)(random);
      const texts = Object.entries(figures).map(([what, figure]) => `${what} ${figure}`);
      print(`ok     ${name}: ${texts.join(', ')} (${secondsSince(begun)} s)`);
    } catch (error) {
      failures += 1;
      const message = error instanceof Error ? error.message : String(error);
      print(`FAILED ${name}: ${message} (${secondsSince(begun)} s)`);
      print(`       again: npm run test:faults -- --seed ${seed} --only ${name}`);
    }
  }
  seed += 1;
} while (performance.now() < endAt);
process.exitCode = failures > 0 ? 1 : 0;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function secondsSince(begun: number): number {
  return Math.round((performance.now() - begun) / 1000);
}

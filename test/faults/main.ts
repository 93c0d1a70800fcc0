import { parseArgs } from 'node:util';
import { createRandom } from '../../simulators/random.ts';
import { scenarios } from './scenarios.ts';

/*
 * `npm run test:faults`: the long form of the fault suite. Every fault is drawn from the printed seed, so that a failure
 * can be played again: --seed N --only NAME.
 */

const { values } = parseArgs({
  options: {
    /** What all faults are drawn from. */
    seed: { type: 'string' },
    /** Plays only this scenario. */
    only: { type: 'string' },
    /** Goes on with further seeds for so many minutes. */
    minutes: { type: 'string', default: '0' },
    short: { type: 'boolean', default: false },
  },
});

const names = scenarios.map(({ name }) => name);
const wanted = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
if (wanted.length === 0) {
  process.stderr.write(`There is no scenario ${values.only}; there are ${names.join(', ')}.\n`);
  process.exit(2);
}
const endAt = performance.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
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

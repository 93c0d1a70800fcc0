import { findPromtool, howToGetPromtool } from './promtool.ts';

/* Runs before `npm run test:alerts`, which would skip what it is there for without promtool. */

if (!findPromtool()) {
  process.stderr.write(`${howToGetPromtool}\n`);
  process.exitCode = 1;
}

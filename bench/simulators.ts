import { startSimulators } from '../simulators/simulators.ts';

/*
 * Both vendors in a process of their own, so that they take no time from the contender that is measured. Prints their
 * addresses as one line of JSON, and ends with its parent.
 */

const simulators = await startSimulators(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(
  `${JSON.stringify({
    pointsharp: simulators.pointsharp.url,
    superoffice: simulators.superoffice.url,
    control: simulators.control.url,
  })}\n`,
);
process.stdin.on('end', () => process.exit()).resume();

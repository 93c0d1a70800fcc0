import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment } from '../experiment.ts';
import { end, runToEnd, start, startWorker } from '../process.ts';
import { figure, spreadOf } from '../stats.ts';

/** How soon the program is there. */
export const startUp: Experiment = {
  name: 'start-up',
  async measure(fixture, { quick }) {
    const rounds = quick ? 3 : 15;
    await fixture.reset();
    const environment = { ...fixture.environment, CARETAKER_ROSTER: await fixture.roster(1_000) };
    const help = await timed(rounds, async () => void (await runToEnd(['--help'], {})));
    const ready = await timed(rounds, () => startWorker(environment), end);
    const first = await timed(
      rounds,
      async () => {
        await fixture.reset();
        const begun = performance.now();
        const child = start(['run', 'purge-windows'], environment);
        while ((await fixture.traffic()).requests === 0) await delay(5);
        return { child, ms: performance.now() - begun };
      },
      ({ child }) => end(child),
      ({ ms }) => ms,
    );
    const spreads = [
      ['caretaker --help', spreadOf(help)],
      ['worker ready, with Redis up', spreadOf(ready)],
      ['caretaker run to its first request, 1,000 users', spreadOf(first)],
    ] as const;
    return {
      name: 'start-up',
      title: 'Start',
      how: 'From the start of the process; what it compiles was compiled by an earlier start, as in the image.',
      columns: ['what', 'ms', 'from', 'to'],
      rows: spreads.map(([what, { median, min, max }]) => [what, figure(median), figure(min), figure(max)]),
      checks: [
        { what: 'ms until --help has answered', value: spreadOf(help).median, atMost: 200 },
        { what: 'ms until a worker is ready', value: spreadOf(ready).median, atMost: 1000 },
      ],
    };
  },
};

/** Milliseconds of each round; what is to be cleared away after it does not count. */
async function timed<T>(
  rounds: number,
  work: () => Promise<T>,
  clear: (made: T) => Promise<void> = async () => {},
  own?: (made: T) => number,
): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    const made = await work();
    const ms = performance.now() - begun;
    all.push(own ? own(made) : ms);
    await clear(made);
  }
  return all;
}

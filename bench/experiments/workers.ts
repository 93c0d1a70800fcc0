import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment } from '../experiment.ts';
import { type Fixture, inFlight } from '../fixture.ts';
import { end, runToEnd, startWorker } from '../process.ts';
import { figure } from '../stats.ts';

const latencyMs = 100;
const counts = [1, 2, 4];

/** More worker processes at a vendor that is slow but can take more. */
export const workers: Experiment = {
  name: 'workers',
  async measure(fixture, { quick, tell }) {
    const perWorker = quick ? 3_200 : 12_800;
    const speeds = new Map<number, number>();
    for (const count of counts) {
      const speed = await speedOf(fixture, count, count * perWorker);
      speeds.set(count, speed);
      tell(`  ${count} workers: ${figure(speed)} users/s`);
    }
    const one = speeds.get(1) ?? Number.NaN;
    const ideal = (inFlight * 1000) / latencyMs / 2;
    return {
      name: 'workers',
      title: 'Workers: one, two and four processes',
      how: `A vendor that takes ${latencyMs} ms, and ${inFlight} requests in flight for each worker: the setting holds over all of them together, so it is ${inFlight} × workers. Timed from the first request to the last.`,
      columns: ['workers', 'users/s', 'multiple of one', 'part of the ideal'],
      rows: [...speeds].map(([count, speed]) => [
        String(count),
        figure(speed),
        figure(speed / one),
        figure(speed / (ideal * count)),
      ]),
      checks: [
        {
          what: 'two workers as a multiple of one',
          value: (speeds.get(2) ?? Number.NaN) / one,
          atLeast: 1.9,
        },
      ],
    };
  },
};

async function speedOf(fixture: Fixture, count: number, users: number): Promise<number> {
  await fixture.reset(latencyMs);
  const environment = {
    ...fixture.environment,
    CARETAKER_ROSTER: await fixture.roster(users),
    POINTSHARP_REQUESTS_IN_FLIGHT: String(inFlight * count),
  };
  const started = await Promise.all(Array.from({ length: count }, () => startWorker(environment)));
  await runToEnd(['trigger', 'purge-windows', '--json'], environment);
  const begun = await whenRequests(fixture, 1);
  const ended = await whenRequests(fixture, 2 * users);
  await Promise.all(started.map((worker) => end(worker)));
  return (users * 1000) / (ended - begun);
}

async function whenRequests(fixture: Fixture, wanted: number): Promise<number> {
  while ((await fixture.traffic()).requests < wanted) await delay(20);
  return performance.now();
}

import { Pool } from 'undici';
import { compare, ownContender, sampleColumns, sampleRows, scriptContender, spread } from '../contender.ts';
import type { Experiment } from '../experiment.ts';
import { type Fixture, inFlight } from '../fixture.ts';
import { figure, spreadOf } from '../stats.ts';

const latencyMs = 20;

const probes = 300;

/** The same purge at a vendor that takes its time, as vendors do. */
export const latency: Experiment = {
  name: 'latency',
  async measure(fixture, { quick, tell }) {
    const most = quick ? 6_400 : 64_000;
    const ours = 'ours: caretaker run';
    const contenders = [
      scriptContender('limit: bare undici Pool loop', 'undici-pool', most),
      ownContender(ours, ['run', 'purge-windows', '--json'], most),
      scriptContender('fetch with p-limit 64', 'fetch-p-limit', most),
      scriptContender('fetch, one by one', 'fetch-one-by-one', most / 200),
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell, latencyMs);
    const measuredMs = await latencyOf(fixture);
    const ideal = (inFlight * 1000) / measuredMs / 2;
    return {
      name: 'latency',
      title: `Purge, a vendor that takes ${latencyMs} ms`,
      how: `As above. A single caller with nothing else to do waits ${figure(measuredMs)} ms for an answer, as timers and the network add to the ${latencyMs} ms that the vendor waits. With ${inFlight} requests in flight, nobody can do more than ${figure(ideal)} users/s.`,
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: [
        {
          what: `purge at ${latencyMs} ms: users/s of ours as a part of in flight ÷ latency`,
          value: spread(samples, ours, 'usersPerSecond').median / ideal,
          atLeast: 0.95,
        },
      ],
    };
  },
};

/** How long one request takes when it is the only one, in milliseconds: the median of many. */
async function latencyOf(fixture: Fixture): Promise<number> {
  await fixture.reset(latencyMs);
  const { origin, pathname } = new URL(fixture.vendors.pointsharp);
  const pool = new Pool(origin, { connections: 1 });
  const all: number[] = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const begun = performance.now();
    // Who is asked for does not matter: every answer waits alike.
    const { body } = await pool.request({ method: 'GET', path: `${pathname}Device?Username=nobody` });
    await body.dump();
    all.push(performance.now() - begun);
  }
  await pool.close();
  return spreadOf(all).median;
}

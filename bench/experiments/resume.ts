import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment } from '../experiment.ts';
import { end, runToEnd, startWorker } from '../process.ts';
import { figure, spreadOf, spreadText } from '../stats.ts';

const batchSize = 200;
const batchesInFlight = 8;

/** What it costs when the only worker is killed, again and again. */
export const resume: Experiment = {
  name: 'resume',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 4_000 : 20_000;
    const kills = quick ? 2 : 8;
    await fixture.reset(5);
    const environment = {
      ...fixture.environment,
      CARETAKER_ROSTER: await fixture.roster(users),
      CARETAKER_LOCK_DURATION: 'PT5S',
    };
    let worker = await startWorker(environment);
    const { id } = JSON.parse(await runToEnd(['trigger', 'purge-windows', '--json'], environment));
    const pauses: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      await untilRequests((2 * users * kill) / (kills + 1));
      await end(worker, 'SIGKILL');
      const { requests } = await fixture.traffic();
      const killedAt = performance.now();
      worker = await startWorker(environment);
      await untilRequests(requests + 1);
      pauses.push((performance.now() - killedAt) / 1000);
      tell(`  killed at ${requests} requests`);
    }
    const report = await finished();
    await end(worker);
    const { requests } = await fixture.traffic();
    const perKill = (requests - 2 * users) / kills;
    return {
      name: 'resume',
      title: 'A killed worker',
      how: `The only worker is killed (SIGKILL) ${kills} times within one purge of ${users.toLocaleString('en')} users and started anew. Requests over two for each user were made again. CARETAKER_LOCK_DURATION is 5 seconds here: so long a batch counts as in the hands of the dead.`,
      columns: ['kills', 'asked again per kill', 'counted as repeated', 'seconds to the next request'],
      rows: [[String(kills), figure(perKill), String(report.repeated), spreadText(spreadOf(pauses))]],
      checks: [
        { what: 'users asked again per kill', value: perKill / 2, atMost: batchSize * batchesInFlight },
        {
          what: 'actions applied of those planned',
          value: report.actions.applied / (2 * users),
          atLeast: 1,
          atMost: 1,
        },
      ],
    };

    async function untilRequests(wanted: number): Promise<void> {
      while ((await fixture.traffic()).requests < wanted) await delay(10);
    }

    async function finished(): Promise<{ repeated: number; actions: { applied: number } }> {
      for (;;) {
        const report = JSON.parse(await runToEnd(['runs', id, '--json'], environment));
        if (report.run.finishedAt !== null) return report;
        await delay(500);
      }
    }
  },
};

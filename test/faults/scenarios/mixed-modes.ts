import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pick, type Random } from '../../../simulators/people/random.ts';
import { claim, claimPlaces, type Figures } from '../claims.ts';
import { withFaultRig } from '../fault-rig.ts';

export interface MixedModesSize {
  readonly users: number;
  readonly seconds: number;
}

/** Two workers of different modes share one queue: the one that observes never writes, whatever is asked for. */
export function mixedModes(random: Random, { users, seconds }: MixedModesSize): Promise<Figures> {
  return withFaultRig({ users }, async (rig) => {
    const byObserver = await countMethods(rig.simulators.pointsharp.url);
    try {
      const writer = await rig.worker();
      await rig.worker({ CARETAKER_MODE: 'observe', POINTSHARP_URL: byObserver.url });
      const endAt = performance.now() + seconds * 1000;
      const statuses: Record<string, number> = {};
      let applied = 0;
      for (let run = 0; run < 2 || performance.now() < endAt; run += 1) {
        const mode = run % 2 === 0 ? 'enforce' : 'observe';
        const job = pick(random, ['purge-windows', 'refresh-timed-devices']);
        const report = await rig.ended(await rig.trigger(job, mode));
        claimPlaces(report, users);
        claim(mode === 'enforce' || report.actions.applied === 0, `run ${report.run.id} wrote in observe`);
        applied += report.actions.applied;
        statuses[`${mode} ${report.run.status}`] = (statuses[`${mode} ${report.run.status}`] ?? 0) + 1;
      }
      claim(applied > 0, `nothing was written at all: ${JSON.stringify(statuses)}`);
      // Alone, the observer leaves what would be written to others.
      await writer.kill('SIGTERM');
      const id = await rig.trigger('purge-windows', 'enforce');
      await delay(2000);
      claim((await rig.field(id, 'finishedOn')) === null, 'an observer ended a run in enforce');
      const { writes, reads } = byObserver.counts;
      claim(writes === 0, `the worker that observes sent ${writes} writes`);
      return { users, seconds, ...statuses, applied, 'reads of the observer': reads, 'its writes': writes };
    } finally {
      byObserver.close();
    }
  });
}

/** Stands before a vendor and counts what passes. */
async function countMethods(vendorUrl: string) {
  const counts = { reads: 0, writes: 0 };
  const target = new URL(vendorUrl);
  const server = createServer((incoming, response) => {
    if (incoming.method === 'GET') counts.reads += 1;
    else counts.writes += 1;
    const { method, headers, url } = incoming;
    const onward = request(
      { host: target.hostname, port: target.port, path: url, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    counts,
    url: `http://127.0.0.1:${port}${target.pathname}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

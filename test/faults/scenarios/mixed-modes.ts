import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pick, type Random } from '../../../simulators/people/random.ts';
import { claim, claimPlaces, type Figures } from '../claims.ts';
import { until, withFaultRig } from '../fault-rig.ts';

export interface MixedModesSize {
  readonly users: number;
  readonly seconds: number;
}

/** Two workers of different modes share one queue: the one that observes never writes, whatever is asked for. */
export function mixedModes(random: Random, { users, seconds }: MixedModesSize): Promise<Figures> {
  return withFaultRig({ users }, async (rig) => {
    const between = await countByUser(rig.simulators.pointsharp.url);
    // Both have one address, as workers of one queue must; their credentials tell them apart.
    const as = (name: string) => ({
      POINTSHARP_URL: between.url,
      POINTSHARP_AUTH: 'basic',
      POINTSHARP_USERNAME: name,
      POINTSHARP_PASSWORD: 'simulated',
    });
    try {
      const writer = await rig.worker(as('writer'));
      const observer = await rig.worker({ CARETAKER_MODE: 'observe', ...as('observer') });
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
      await until('the observer leaves the run alone', () =>
        observer
          .output()
          .includes(`"run":"${id}","job":"purge-windows","msg":"run waits for a process in enforce"`),
      );
      claim((await rig.field(id, 'finishedOn')) === null, 'an observer ended a run in enforce');
      const { writes, reads } = between.counts('observer');
      claim(between.counts('writer').writes > 0, 'the writer was not told apart');
      claim(writes === 0, `the worker that observes sent ${writes} writes`);
      return { users, seconds, ...statuses, applied, 'reads of the observer': reads, 'its writes': writes };
    } finally {
      between.close();
    }
  });
}

/** Stands before a vendor and counts what passes, by who sent it. */
async function countByUser(vendorUrl: string) {
  const byUser = new Map<string, { reads: number; writes: number }>();
  function counts(name: string) {
    const found = byUser.get(name) ?? { reads: 0, writes: 0 };
    byUser.set(name, found);
    return found;
  }
  const target = new URL(vendorUrl);
  const server = createServer((incoming, response) => {
    const [, encoded = ''] = incoming.headers.authorization?.split(' ') ?? [];
    const sender = counts(Buffer.from(encoded, 'base64').toString().split(':')[0] ?? '');
    if (incoming.method === 'GET' || incoming.method === 'HEAD') sender.reads += 1;
    else sender.writes += 1;
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

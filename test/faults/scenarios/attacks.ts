import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { between, chance, pick, type Random } from '../../../simulators/people/random.ts';
import type { Report } from '../../../src/runs/report.ts';
import type { Caretaker } from '../../support/caretaker.ts';
import { makeNextVersion, type NextVersion } from '../../support/next-version.ts';
import { claim, claimPlaces, type Figures } from '../claims.ts';
import { type FaultRig, until, withFaultRig } from '../fault-rig.ts';
import { hostileMessage } from '../hostile-messages.ts';
import { type Permission, startWitness, type Witness } from '../witness.ts';

export interface AttacksSize {
  readonly users: number;
  readonly seconds: number;
}

const hourMs = 3_600_000;
const clock = new URL('../shifted-clock.ts', import.meta.url).href;
const jobs = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'] as const;

/** How a worker may be set up; it signs in with the name of its kind. */
const kinds: Readonly<Record<string, Permission & { readonly settings: Readonly<Record<string, string>> }>> =
  {
    writer: { purge: true, refresh: true, settings: {} },
    observer: { purge: false, refresh: false, settings: { CARETAKER_MODE: 'observe' } },
    'no-purge': { purge: false, refresh: true, settings: { PURGE_WINDOWS_ENABLED: 'false' } },
    'no-refresh': { purge: true, refresh: false, settings: { REFRESH_TIMED_DEVICES_ENABLED: 'false' } },
  };
const kindNames = ['writer', 'writer', 'writer', 'observer', 'no-purge', 'no-refresh'] as const;

const signedIn = (kind: string) => ({
  POINTSHARP_AUTH: 'basic',
  POINTSHARP_USERNAME: kind,
  POINTSHARP_PASSWORD: 'simulated',
});

/**
 * Kills, wrong clocks, a Redis that freezes or forgets, settings and versions that differ, and messages that mean harm, all
 * in an order that is drawn: no write but those which the policy calls for, and no report that differs from the vendor's count.
 */
export function attacks(random: Random, { users, seconds }: AttacksSize): Promise<Figures> {
  return withFaultRig({ users }, async (rig) => {
    const witness = await startWitness(
      rig.simulators,
      (sender) => kinds[sender] ?? { purge: false, refresh: false },
    );
    const next = await makeNextVersion();
    try {
      return await play(rig, random, { witness, next }, seconds);
    } finally {
      witness.close();
      await next.remove();
    }
  });
}

interface Stage {
  readonly witness: Witness;
  /** Some workers are of this version. */
  readonly next: NextVersion;
}

async function play(
  rig: FaultRig,
  random: Random,
  { witness, next }: Stage,
  seconds: number,
): Promise<Figures> {
  const queue = new Queue('caretaker-runs', { connection: rig.client, prefix: '{caretaker}' });
  const events: Record<string, number> = {};
  const workers: Caretaker[] = [];
  /** Writes before Redis last forgot everything. */
  let forgotten = 0;

  async function startWorker(place: number): Promise<void> {
    const kind = pick(random, kindNames);
    const settings = { POINTSHARP_URL: witness.url, ...signedIn(kind), ...kinds[kind]?.settings };
    const shiftMs = pick(random, [0, 0, 0, 0, 0, 72 * hourMs, -48 * hourMs]);
    const clocked = shiftMs === 0 ? {} : { NODE_OPTIONS: `--import=${clock}`, SHIFT_MS: String(shiftMs) };
    const isNext = chance(random, 0.3);
    if (isNext) events['next version'] = (events['next version'] ?? 0) + 1;
    workers[place] = rig.start(['worker'], { ...settings, ...clocked }, isNext ? next.entry : undefined);
    await workers[place].says('worker ready');
  }
  const command = (words: readonly string[], kind = 'writer') =>
    rig.run(words, { POINTSHARP_URL: witness.url, ...signedIn(kind), ...kinds[kind]?.settings });

  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    async kill() {
      const place = between(random, 0, workers.length - 1);
      await workers[place]?.kill('SIGKILL');
      await startWorker(place);
    },
    async stop() {
      const place = between(random, 0, workers.length - 1);
      await workers[place]?.kill('SIGTERM');
      await startWorker(place);
    },
    trigger: () => command(['trigger', pick(random, jobs), '--mode', pick(random, ['enforce', 'observe'])]),
    run: () => command(['run', pick(random, jobs)], pick(random, ['writer', 'observer'])),
    async harm() {
      const { name, data, opts } = hostileMessage(random, Date.now());
      await queue.add(name, data, opts).catch(() => {});
    },
    async freeze() {
      await rig.redis.kill('SIGSTOP');
      await delay(between(random, 200, 3000));
      await rig.redis.kill('SIGCONT');
    },
    async forget() {
      // Nobody is left who could still write for a run that is forgotten.
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
      await rig.client.flushall();
      forgotten = witness.written();
      for (const place of workers.keys()) await startWorker(place);
    },
    async break() {
      const fault = rig.simulators.pointsharp.faults.add({
        kind: pick(random, ['status', 'reset', 'garbage', 'reset-mid-body'] as const),
        share: 0.2,
      });
      await delay(between(random, 200, 2000));
      rig.simulators.pointsharp.faults.remove(fault);
    },
    async pause() {
      const what = pick(random, ['purge-windows', 'refresh-timed-devices', 'pointsharp']);
      await command(['pause', what]);
      await command(['resume', what]);
    },
    async renew() {
      rig.simulators.pointsharp.world.reset();
    },
  };
  const drawn = [
    'kill',
    'kill',
    'stop',
    'stop',
    'trigger',
    'trigger',
    'run',
    'harm',
    'harm',
    'harm',
  ] as const;
  const rare = ['freeze', 'forget', 'break', 'pause', 'renew'] as const;

  for (const place of [0, 1, 2]) await startWorker(place);
  const endAt = performance.now() + seconds * 1000;
  while (performance.now() < endAt) {
    const name = chance(random, 0.2) ? pick(random, rare) : pick(random, drawn);
    events[name] = (events[name] ?? 0) + 1;
    await acts[name]?.();
    claim(
      witness.objections.length === 0,
      `a write that nobody called for: ${witness.objections.join('; ')}`,
    );
  }

  // Whatever was done, in the end every job of a lone writer runs to its report.
  await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
  const held = (await command(['runs', '--json', '--status', 'held'])).json<Report[]>();
  for (const { run } of held) await command(['reject', run.id]);
  for (const job of jobs) {
    const { code, errors, output } = await command(['run', job, '--json']);
    claim([0, 1, 3].includes(code ?? -1), `${job} ended ${code} after all: ${errors}${output}`);
  }
  await until(
    'nothing is left under way',
    async () => {
      const reports = (await command(['runs', '--json', '--count', '2000'])).json<Report[]>();
      return reports.every(({ run }) => run.status !== 'running');
    },
    60_000,
  );
  const reports = (await command(['runs', '--json', '--count', '2000'])).json<Report[]>();
  let applied = 0;
  let repeated = 0;
  for (const report of reports) {
    claimPlaces(report, report.users.selected);
    applied += report.actions.applied;
    repeated += report.repeated;
  }
  const written = witness.written() - forgotten;
  claim(
    applied <= written && written <= applied + repeated + failedOf(reports),
    `the vendor counted ${written} writes, the reports ${applied} applied and ${repeated} repeated`,
  );
  claim(witness.objections.length === 0, `a write that nobody called for: ${witness.objections.join('; ')}`);
  await queue.close();
  return {
    users: rig.simulators.people.users,
    seconds,
    ...events,
    reports: reports.length,
    applied,
    written,
    repeated,
    'seen twice': witness.seenTwice(),
  };
}

/** Writes that the vendor got and refused, each tried a few times, are in the reports as failed. */
function failedOf(reports: readonly Report[]): number {
  return reports.reduce((sum, { actions }) => sum + actions.failed * 3, 0);
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/runs/report.ts';
import {
  claim,
  claimSums,
  claimWrites,
  type Figures,
  purges,
  refreshes,
  writesOf,
} from '../faults/claims.ts';
import { dueDevices, notRefreshed } from '../faults/due.ts';
import { until } from '../faults/fault-rig.ts';
import type { Caretaker, CommandResult } from '../support/caretaker.ts';
import { firstProcess, megabytes } from './container.ts';
import { type Fixture, users } from './fixture.ts';

/** One thing that has to hold of the image. */
export interface Check {
  readonly name: string;
  /** @throws Error when it does not hold; a text instead of figures says why it was left out */
  readonly holds: (fixture: Fixture) => Promise<Figures | string>;
}

const job = 'refresh-timed-devices';
/** Longer than this, and what is waited for does not come any more. */
const patienceMs = 120_000;

function claimEnded({ code, errors, output }: CommandResult, wanted: number): void {
  claim(code === wanted, `ended with ${code}, not ${wanted}: ${errors.slice(-1500)}${output.slice(-500)}`);
}

/** Ends a container as its cluster does: a signal to its first process. */
async function stop(container: Caretaker, signal: NodeJS.Signals): Promise<CommandResult> {
  process.kill(await firstProcess(container), signal);
  return container.ended;
}

const content: Check = {
  name: 'has what it needs and nothing more',
  async holds({ image }) {
    const { root, user, entrypoint, labels } = image;
    claim(/^[1-9]\d*:[1-9]\d*$/.test(user), `its user is ${user}, not two numbers`);
    claim(entrypoint.join(' ') === 'node src/caretaker.ts', `it starts ${entrypoint.join(' ')}`);
    const version = labels['org.opencontainers.image.version'];
    claim(version === '0.0.0-trial', `its version is ${version}`);
    const app = join(root, image.workingDir);
    const unwanted = globSync(
      [
        'simulators',
        'test',
        'bench',
        '.git',
        '.env',
        '.npmrc',
        'node_modules/{vitest,typescript,node,@biomejs,yaml}',
      ],
      { cwd: app },
    );
    claim(unwanted.length === 0, `it has ${unwanted.join(', ')}`);
    claim(globSync('root/.npmrc', { cwd: root }).length === 0, 'it has the npmrc of whoever built it');
    const bom = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8'));
    const listed = new Set(
      bom.components.map(({ name, version }: Record<string, string>) => `${name}@${version}`),
    );
    const packages = globSync('node_modules/**/package.json', { cwd: app })
      .filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
      .map((path) => JSON.parse(readFileSync(join(app, path), 'utf8')))
      .map(({ name, version }) => `${name}@${version}`);
    const unlisted = packages.filter((one) => !listed.has(one));
    claim(unlisted.length === 0, `its bill of materials lacks ${unlisted.join(', ')}`);
    return { components: listed.size, packages: packages.length };
  },
};

const confinement: Check = {
  name: 'is nobody, and can write nowhere but in /tmp',
  async holds({ evaluate }) {
    const answer = await evaluate(`
      import { readFileSync, writeFileSync } from 'node:fs';
      const write = (path) => { try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
      const status = readFileSync('/proc/self/status', 'utf8');
      const field = (name) => new RegExp(name + ':\\\\s+(\\\\S+)').exec(status)[1];
      const places = ['/new', '/app/new', '/app/src/caretaker.ts', '/etc/passwd', '/var/tmp/new', '/mnt/new', '/root/new'];
      console.log(JSON.stringify({
        uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), pid: process.pid,
        capabilities: field('CapEff'), permitted: field('CapPrm'), noNewPrivileges: field('NoNewPrivs'),
        written: Object.fromEntries(places.map((place) => [place, write(place)])), tmp: write('/tmp/new'),
      }));`);
    claimEnded(answer, 0);
    const found = answer.json<Record<string, unknown> & { written: Record<string, string> }>();
    const { written, ...rest } = found;
    const wanted = {
      uid: 10001,
      gid: 10001,
      groups: [10001],
      pid: 1,
      capabilities: '0000000000000000',
      permitted: '0000000000000000',
      noNewPrivileges: '1',
      tmp: 'written',
    };
    claim(JSON.stringify(rest) === JSON.stringify(wanted), `it is ${JSON.stringify(rest)}`);
    // Where its user could write if the root could be written; elsewhere the owner refuses first.
    const codes = Object.values(written);
    claim(
      codes.every((code) => code === 'EROFS' || code === 'EACCES') && written['/var/tmp/new'] === 'EROFS',
      `it wrote: ${JSON.stringify(written)}`,
    );
    return { refused: codes.length, 'read-only': codes.filter((code) => code === 'EROFS').length };
  },
};

const compiled: Check = {
  name: 'starts with what was compiled when it was built',
  async holds({ run }) {
    const answer = await run(['--help'], { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
    claimEnded(answer, 0);
    const count = (pattern: RegExp) => answer.errors.match(pattern)?.length ?? 0;
    const [accepted, missing] = [count(/was accepted/g), count(/was not initialized/g)];
    claim(accepted > 100, `${accepted} files were compiled before, ${missing} were not`);
    return { accepted, missing };
  },
};

const help: Check = {
  name: 'answers --help',
  async holds({ run }) {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const begun = performance.now();
      claimEnded(await run(['--help']), 0);
      times.push(performance.now() - begun);
    }
    return { 'ms (median of 5)': Math.round(times.sort((a, b) => a - b)[2] ?? 0) };
  },
};

const observe: Check = {
  name: 'runs purge-windows in observe and writes nothing',
  async holds({ run, simulators }) {
    const answer = await run(['run', 'purge-windows', '--json']);
    claimEnded(answer, 0);
    const report = answer.json<Report>();
    claim(report.run.mode === 'observe' && report.users.selected === users, JSON.stringify(report));
    claim(writesOf(simulators, ...purges, ...refreshes) === 0, 'something was written');
    return { planned: report.actions.planned };
  },
};

const enforce: Check = {
  name: 'runs purge-windows in enforce',
  async holds({ run, simulators }) {
    const answer = await run(['run', 'purge-windows', '--mode', 'enforce', '--json']);
    claimEnded(answer, 0);
    const report = answer.json<Report>();
    claimSums(report, users);
    claimWrites(report, writesOf(simulators, ...purges));
    return { applied: report.actions.applied };
  },
};

const worker: Check = {
  name: 'works, hands back at SIGTERM in the middle of a run, and the next one ends it',
  async holds({ start, run, simulators }) {
    const { faults, traffic, world } = simulators.pointsharp;
    const due = dueDevices(simulators, world.clock.now());
    claim(due.length > 50, `only ${due.length} devices are due`);
    traffic.reset();
    faults.latencyMs = 20;
    const settings = {
      CARETAKER_MODE: 'enforce',
      OPS_PORT: '0',
      CARETAKER_DRAIN_TIMEOUT: 'PT0.2S',
      REFRESH_TIMED_DEVICES_BATCH_SIZE: '50',
    };
    const begun = performance.now();
    const first = start(['worker'], settings);
    await first.says('worker ready');
    const readyMs = Math.round(performance.now() - begun);
    const pid = await firstProcess(first);
    const [idle, own] = [await megabytes(pid, 'VmRSS'), await megabytes(pid, 'RssAnon')];
    const triggered = await run(['trigger', job, '--mode', 'enforce', '--json']);
    claimEnded(triggered, 0);
    const { id } = triggered.json<{ id: string }>();
    const written = () => writesOf(simulators, ...refreshes);
    await until('the first writes', () => written() > 20, patienceMs);
    const peak = await megabytes(pid, 'VmHWM');
    const stopped = performance.now();
    const ended = await stop(first, 'SIGTERM');
    const stopMs = Math.round(performance.now() - stopped);
    claimEnded(ended, 0);
    claim(
      ended.output.includes('worker stopped'),
      `it did not say that it stopped: ${ended.output.slice(-500)}`,
    );
    const byFirst = written();
    claim(byFirst < due.length, `all ${due.length} devices were refreshed before the signal`);
    faults.latencyMs = 0;
    const second = start(['worker'], settings);
    let report: Report | undefined;
    await until(
      'the run has ended',
      async () => {
        const answer = await run(['runs', id, '--json']);
        report = answer.code === 0 ? answer.json<Report>() : undefined;
        return report?.run.finishedAt != null;
      },
      patienceMs,
    );
    claimEnded(await stop(second, 'SIGTERM'), 0);
    claimSums(report as Report, users);
    claimWrites(report as Report, written());
    claim(notRefreshed(simulators, due) === 0, 'a device that was due was not refreshed');
    return {
      'ready after ms': readyMs,
      'stopped after ms': stopMs,
      'writes of the first': byFirst,
      applied: report?.actions.applied ?? 0,
      written: written(),
      'MB idle': idle,
      'of it its own': own,
      'MB peak': peak,
    };
  },
};

const deaf: Check = {
  name: 'ends at SIGTERM as the first process also where the program does not listen',
  async holds({ start, simulators }) {
    const { faults, traffic } = simulators.pointsharp;
    traffic.reset();
    faults.add({ kind: 'silence' });
    const waiting = start(['explain', simulators.people.username(0)]);
    await until('the vendor was asked', () => traffic.facts().requests > 0, patienceMs);
    const { code } = await stop(waiting, 'SIGTERM');
    faults.remove();
    claim(code === 143, `it ended with ${code}`);
    return { 'exit code': code ?? '' };
  },
};

const probes: Check = {
  name: 'answers probes at OPS_PORT',
  async holds({ start }) {
    const one = start(['worker'], { OPS_PORT: '0', OPS_HOST: '127.0.0.1' });
    await one.says('worker ready');
    const port = /"port":(\d+)/.exec(one.output())?.[1];
    const codes: Record<string, number> = {};
    for (const path of ['livez', 'readyz', 'metrics']) {
      codes[path] = (await fetch(`http://127.0.0.1:${port}/${path}`)).status;
    }
    claimEnded(await stop(one, 'SIGTERM'), 0);
    if (Object.values(codes).every((code) => code === 404)) return 'this version has no probes';
    claim(
      Object.values(codes).every((code) => code === 200),
      JSON.stringify(codes),
    );
    return codes;
  },
};

const doctor: Check = {
  name: 'is found well by its doctor, and ill without Redis',
  async holds({ run }) {
    if (!/^ {2}doctor\b/m.test((await run(['--help'])).output)) return 'this version has no doctor';
    claimEnded(await run(['doctor', '--json']), 0);
    const { code } = await run(['doctor', '--json'], {
      REDIS_URL_FILE: '',
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    claim(code !== 0, 'without Redis it ended with 0');
    return { 'exit code without Redis': code ?? '' };
  },
};

/** In this order: later ones find the vendors as earlier ones left them. */
export const checks: readonly Check[] = [
  content,
  confinement,
  compiled,
  help,
  observe,
  enforce,
  worker,
  deaf,
  probes,
  doctor,
];

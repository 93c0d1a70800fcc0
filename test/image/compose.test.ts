import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DateTime, Duration } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { caretakerSettings } from '../../src/config/settings/groups.ts';
import { jobs } from '../../src/jobs/index.ts';
import { isKnownVariable } from '../k8s/checks/environment.ts';
import { startProgram } from '../support/caretaker.ts';
import { openEndToEnd } from '../support/end-to-end.ts';
import { composeFile, composeProblems } from './compose.ts';
import { readStages } from './dockerfile.ts';

const root = resolve(import.meta.dirname, '../..');
// biome-ignore lint/suspicious/noExplicitAny: read before it is known to be right
let written: any;
let compose: z.infer<typeof composeFile>;
let targets: string[];
beforeAll(async () => {
  written = parse(await readFile(join(root, 'compose.yaml'), 'utf8'));
  compose = composeFile.parse(written);
  targets = readStages(await readFile(join(root, 'Dockerfile'), 'utf8')).map(({ name }) => name);
});

describe('compose.yaml', () => {
  it('compose.yaml has nothing in it that leads nowhere', () => {
    expect(Object.keys(compose.services)).toEqual(['redis', 'simulators', 'roster', 'worker', 'prometheus']);
    expect(composeProblems(compose, targets)).toEqual([]);
  });

  it('compose.yaml gives the worker only variables that are read, and a configuration that is accepted', () => {
    const { environment = {} } = compose.services.worker ?? {};
    expect(Object.keys(environment).filter((name) => !isKnownVariable(name))).toEqual([]);
    const config = loadConfig(environment, jobs, DateTime.fromISO('2026-03-01T12:00:00Z'));
    expect(config.mode).toBe('observe');
    expect(config.warnings).toEqual([]);
  });

  it('compose.yaml takes every image from elsewhere by a version, and by a digest where one is given', () => {
    const services = Object.values(compose.services);
    const bases = services.flatMap(({ build }) => Object.values(build?.args ?? {}));
    const images = services.flatMap(({ image = '' }) =>
      image.startsWith('device-caretaker') ? [] : [image],
    );
    expect([...new Set([...bases, ...images])]).toEqual([
      `$${'{NODE_IMAGE:-'}node:${process.version.slice(1).split('.')[0]}-slim}`,
      expect.stringMatching(/^\$\{IMAGE_REDIS:-redis:\d+\.\d+-\w+\}$/),
      expect.stringMatching(/^\$\{IMAGE_PROMETHEUS:-prom\/prometheus:v\d+\.\d+\.\d+\}$/),
    ]);
    expect(services.every(({ build }) => build === undefined || build.args !== undefined)).toBe(true);
  });

  it('compose.yaml keeps what is in Redis, and refuses to drop any of it', () => {
    expect(compose.services.redis?.command).toEqual(
      expect.arrayContaining(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']),
    );
    expect(compose.services.redis?.volumes).toEqual(['redis:/data']);
  });

  it('compose.yaml waits longer for the worker than its drain may take', () => {
    const grace = Number(/^(\d+)s$/.exec(compose.services.worker?.stop_grace_period ?? '')?.[1]);
    const drain = Duration.fromISO(caretakerSettings.drainTimeout.fallback ?? '').as('seconds');
    expect(grace).toBeGreaterThan(drain + 10);
  });

  it('compose.yaml gives the worker nothing to write to but /tmp', () => {
    const { read_only, tmpfs, cap_drop, security_opt, volumes } = compose.services.worker ?? {};
    expect({ read_only, tmpfs, cap_drop, security_opt, volumes }).toEqual({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['roster:/roster:ro'],
    });
  });

  it('compose.yaml publishes the port of the metrics, and scrapes it where the worker has it', () => {
    const port = compose.services.worker?.environment?.OPS_PORT;
    expect(compose.services.simulators?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(compose.services.worker?.labels?.['prometheus.io/port']).toBe(port);
    expect(parse(compose.configs.prometheus?.content ?? '').scrape_configs[0].static_configs).toEqual([
      { targets: [`simulators:${port}`] },
    ]);
  });

  it('compose.yaml fetches a roster of the simulators that the program can read', async () => {
    const endToEnd = await openEndToEnd({ users: 10 });
    const folder = await mkdtemp(join(tmpdir(), 'caretaker-roster-'));
    try {
      const code = (compose.services.roster?.command?.[0] ?? '')
        .replaceAll('$$', '$')
        .replace('http://127.0.0.1:8100/', endToEnd.simulators.control.url)
        .replace('/roster/users.csv', join(folder, 'users.csv'));
      const { entrypoint = [] } = compose.services.roster ?? {};
      const written = await startProgram([process.execPath, ...entrypoint.slice(1), code], {}).ended;
      expect(written).toMatchObject({ code: 0, errors: '' });
      const answer = await endToEnd.run(['run', 'purge-windows', '--json'], {
        CARETAKER_ROSTER: join(folder, 'users.csv'),
      });
      expect(answer.json()).toMatchObject({ users: { selected: 10, inspected: 10 } });
    } finally {
      await endToEnd.close();
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [
      'a field that is misspelt',
      'enviroment',
      (file: typeof written) => {
        file.services.worker.enviroment = {};
      },
    ],
    [
      'a port open to everybody',
      '127.0.0.1 only',
      (file: typeof written) => {
        file.services.simulators.ports = ['8080:8080'];
      },
    ],
    [
      'a stage that does not exist',
      'a stage trail',
      (file: typeof written) => {
        file.services.simulators.build.target = 'trail';
      },
    ],
    [
      'a service that does not exist',
      'a service redsi',
      (file: typeof written) => {
        file.services.worker.depends_on.redsi = { condition: 'service_started' };
      },
    ],
    [
      'health that nobody checks',
      'a check of the health of redis',
      (file: typeof written) => {
        delete file.services.redis.healthcheck;
      },
    ],
    [
      'an end that never comes',
      'an end of roster',
      (file: typeof written) => {
        file.services.roster.restart = 'always';
      },
    ],
    [
      'a volume that does not exist',
      'a volume rooster:/roster',
      (file: typeof written) => {
        file.services.worker.volumes = ['rooster:/roster'];
      },
    ],
    [
      'an image without a version',
      'an image that is built',
      (file: typeof written) => {
        file.services.redis.image = 'redis';
      },
    ],
  ])('compose.yaml would not get by with %s', (_, problem, broken) => {
    const copy = structuredClone(written);
    broken(copy);
    const parsed = composeFile.safeParse(copy);
    const problems = parsed.success ? composeProblems(parsed.data, targets) : [parsed.error.message];
    expect(problems.join('\n')).toContain(problem);
  });
});

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../simulators/redis/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { runDoctor } from '../../src/commands/doctor.ts';
import { jobNames } from '../../src/jobs/index.ts';
import type { Line } from '../../src/ops/doctor/check.ts';
import { always, startServer } from '../clients/local-server.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { openStreams } from './streams.ts';

type Environment = Record<string, string>;

let endToEnd: EndToEnd;
let redis: PrivateRedis;
let worker: Caretaker;
let healthy: Environment;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 60 });
  redis = await startPrivateRedis({ appendOnly: true });
  healthy = { REDIS_URL: redis.url };
  worker = endToEnd.start(['worker'], healthy);
  await worker.says('worker ready');
});
afterAll(async () => {
  await endToEnd.close();
  await redis.stop();
});

interface Findings {
  readonly code: number | null;
  readonly lines: readonly Line[];
}

async function examine(extra: Environment = {}): Promise<Findings> {
  const result = await endToEnd.run(['doctor', '--json'], { ...healthy, ...extra });
  expect(result.errors).toBe('');
  return { code: result.code, lines: result.json<{ checks: Line[] }>().checks };
}

function bad({ lines }: Findings): string[] {
  return lines
    .filter(({ health }) => health === 'fail' || health === 'warn')
    .map(({ subject, check, health }) => `${health} ${subject} ${check}`);
}

const fixture = (name: string) => fileURLToPath(new URL(`../clients/fixtures/${name}`, import.meta.url));

describe('the doctor of a healthy deployment', () => {
  it('finds every check ok and exits 0', async () => {
    const found = await examine();
    expect(bad(found)).toEqual([]);
    expect(found.lines.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(found.code).toBe(0);
    const subjects = new Set(found.lines.map(({ subject }) => subject));
    expect([...subjects].sort()).toEqual(
      ['configuration', 'pointsharp', 'queue', 'redis', 'roster', 'schedules', 'superoffice']
        .concat(['timed-devices', 'versions'])
        .sort(),
    );
  });

  it('prints text without secrets and without user names', async () => {
    const { output, code } = await endToEnd.run(['doctor'], healthy);
    expect(code).toBe(0);
    expect(output).toMatch(/^ok {4}redis reachable +version \d/m);
    expect(output).toMatch(/ ok, 0 warnings, 0 failed\n$/);
    expect(output).not.toContain('simulated');
    const names = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8')
      .split('\r\n')
      .slice(1, 60);
    for (const name of names.map((row) => row.split(',')[0] ?? '').filter((one) => one.length > 4)) {
      expect(output).not.toContain(name);
    }
  });

  it('changes nothing: it writes to no vendor and leaves no key in Redis', async () => {
    const owner = new Redis(redis.socketPath);
    onTestFinished(() => owner.disconnect());
    const schedules = async () =>
      await owner.zrange('{caretaker}:caretaker-runs:repeat', '0', '-1', 'WITHSCORES');
    const before = await schedules();
    // Each schedule with its next time.
    expect(before).toHaveLength(2 * jobNames.length);
    await examine();
    expect(await schedules()).toEqual(before);
    expect(await owner.keys('*doctor*')).toEqual([]);
    const { byOperation, writesApplied } = endToEnd.simulators.pointsharp.traffic.facts();
    expect(Object.keys(byOperation)).toEqual(['GET Device']);
    expect(writesApplied).toEqual({});
  });
});

/** A fault: how it is planted, and what has to be said about it. */
interface Fault {
  readonly fault: string;
  plant(): Promise<Environment>;
  readonly code: number;
  /** Every line that is bad, and no other. */
  readonly bad: readonly string[];
  readonly found: string;
  readonly remedy: string;
}

const faults: readonly Fault[] = [
  {
    fault: 'a wrong password',
    plant: async () => ({ SUPEROFFICE_PASSWORD: 'canary-password' }),
    code: 1,
    bad: ['fail superoffice sign-in'],
    found: 'answered 401',
    remedy: 'SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD',
  },
  {
    fault: 'a certificate that is not trusted',
    async plant() {
      const keys = {
        cert: readFileSync(fixture('server.pem')),
        key: readFileSync(fixture('server.key.pem')),
      };
      const { url } = await startServer(always(200, '[]'), keys);
      return { POINTSHARP_URL: url.href };
    },
    code: 1,
    bad: ['fail pointsharp certificate'],
    found: 'is not trusted (',
    remedy: 'POINTSHARP_CA_FILE',
  },
  {
    fault: 'a port without a server',
    plant: async () => ({ POINTSHARP_URL: `http://127.0.0.1:${await freePort()}/api/` }),
    code: 1,
    bad: ['fail pointsharp address'],
    found: 'connection refused (ECONNREFUSED)',
    remedy: 'Check POINTSHARP_URL',
  },
  {
    fault: 'an address with a wrong path',
    plant: async () => ({
      POINTSHARP_URL: endToEnd.simulators.pointsharp.url.replace('/api/', '/elsewhere/api/'),
    }),
    code: 1,
    bad: ['fail pointsharp sign-in'],
    found: '404',
    remedy: 'Check POINTSHARP_URL',
  },
  {
    fault: 'a Redis that may throw keys away',
    plant: () => setting('maxmemory-policy', 'allkeys-lru', 'noeviction'),
    code: 1,
    bad: ['fail redis fitness'],
    found: 'maxmemory-policy allkeys-lru',
    remedy: 'Set maxmemory-policy to noeviction',
  },
  {
    fault: 'a Redis that is down',
    plant: async () => ({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }),
    code: 1,
    bad: ['fail redis reachable'],
    found: 'ECONNREFUSED',
    remedy: 'set REDIS_URL to its address',
  },
  {
    fault: 'a Redis user without the rights',
    async plant() {
      const owner = new Redis(redis.socketPath);
      onTestFinished(() => owner.disconnect());
      await owner.acl('SETUSER', 'reader', 'on', '>secret', '~{caretaker}*', '&*', '+@all', '-eval', '-xadd');
      return { REDIS_URL: `unix://reader:secret@localhost${redis.socketPath}` };
    },
    code: 1,
    bad: ['fail redis rights'],
    found: 'refused: XADD, EVAL (NOPERM',
    remedy: 'Give its user the rights that the configuration page lists at REDIS_URL.',
  },
  {
    fault: 'a roster that is not there',
    plant: async () => ({ CARETAKER_ROSTER: '/nowhere.csv' }),
    code: 1,
    bad: ['fail roster file'],
    found: 'The roster /nowhere.csv cannot be read: no such file or directory',
    remedy: 'Check the path. The path comes from CARETAKER_ROSTER.',
  },
  {
    fault: 'an empty roster',
    plant: async () => ({ CARETAKER_ROSTER: await endToEnd.file('empty.csv', 'username,associateId\r\n') }),
    code: 1,
    bad: ['fail roster users'],
    found: 'contains no user',
    remedy: 'Check what writes the file',
  },
  {
    fault: 'rows of the roster that cannot be used',
    async plant() {
      const [head, first = ''] = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8').split(
        '\r\n',
      );
      const text = [head, first, ',Storage,7', 'kari,Storage', 'ola,Storage,9', ',,'].join('\r\n');
      return { CARETAKER_ROSTER: await endToEnd.file('bad.csv', text) };
    },
    code: 0,
    bad: ['warn roster rows'],
    found: '2 of 4 rejected: line 3: username is missing; line 4: the row has 2 of 3 values',
    remedy: 'Correct these lines in the roster',
  },
  {
    fault: 'a roster that is cut in its last row, and was just written',
    async plant() {
      const text = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8');
      return { CARETAKER_ROSTER: await endToEnd.file('cut.csv', text.trimEnd()) };
    },
    code: 0,
    bad: ['warn roster rows'],
    found: '1 of 60 rejected: line 61: the row may be cut, because the file ends without a line end',
    remedy: 'Correct these lines in the roster',
  },
  {
    fault: 'an associate that is no number',
    async plant() {
      const text = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8');
      return { CARETAKER_ROSTER: await endToEnd.file('bad.csv', text.replace(/,\d+\r\n$/, ',seven\r\n')) };
    },
    code: 0,
    bad: ['warn roster associates'],
    found: 'audit-pocket rejects 1 rows that the other jobs take: line 61: associateId is not a whole number',
    remedy: 'Correct these lines in the roster',
  },
  {
    fault: 'users that only look the same',
    async plant() {
      const text = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8');
      const more = [1, 2, 3, 4].map((index) => {
        const { people } = endToEnd.simulators;
        const name = `${people.username(index)}\u200b`.replaceAll('"', '""');
        return `"${name}",${people.storage(index)},${people.associateId(index)}\r\n`;
      });
      return { CARETAKER_ROSTER: await endToEnd.file('alike.csv', text + more.join('')) };
    },
    code: 0,
    bad: ['warn roster look-alikes'],
    found:
      '4 users differ from others only in case, outer blanks or invisible characters: line 62 like line 3; line 63 like line 4; line 64 like line 5; …',
    remedy: 'If they are the same people, keep one row of each',
  },
  {
    fault: 'a schedule with gaps larger than the margin',
    plant: async () => ({ CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_MARGIN: 'PT12H' }),
    code: 2,
    bad: ['fail configuration REFRESH_TIMED_DEVICES_*'],
    found: 'MARGIN PT12H does not cover the longest gap of the schedule',
    remedy: 'Set MARGIN to',
  },
  {
    fault: 'a wrong unit',
    plant: async () => ({ REFRESH_TIMED_DEVICES_UNIT: 'hours' }),
    code: 1,
    bad: ['fail timed-devices unit'],
    found: 'confidence high); REFRESH_TIMED_DEVICES_UNIT is hours',
    remedy: 'Set REFRESH_TIMED_DEVICES_UNIT=days.',
  },
  {
    fault: 'a misspelt variable',
    plant: async () => ({ PURGE_WINDOWS_ENABLD: 'false' }),
    code: 2,
    bad: ['fail configuration PURGE_WINDOWS_ENABLD'],
    found: 'is not known',
    remedy: 'Rename it to PURGE_WINDOWS_ENABLED, or remove it.',
  },
  {
    fault: 'a pause that somebody forgot',
    async plant() {
      await endToEnd.run(['pause', 'audit-pocket'], healthy);
      onTestFinished(async () => {
        await endToEnd.run(['resume', 'audit-pocket'], healthy);
      });
      return {};
    },
    code: 0,
    bad: ['warn queue pauses'],
    found: 'audit-pocket has been paused since',
    remedy: 'Resume it with: caretaker resume audit-pocket',
  },
  {
    fault: 'a schedule that is left over',
    plant: async () => ({ PURGE_WINDOWS_ENABLED: 'false' }),
    code: 0,
    bad: ['warn schedules purge-windows'],
    found: 'is in Redis, but not in the configuration',
    remedy: 'Start a worker with this configuration, which removes it.',
  },
  {
    fault: 'a schedule that another program left',
    async plant() {
      const queue = new Queue('caretaker-runs', {
        connection: { path: redis.socketPath },
        prefix: '{caretaker}',
      });
      await queue.upsertJobScheduler('sweep-desks', { pattern: '0 4 1 1 *' }, { name: 'sweep-desks' });
      onTestFinished(async () => {
        await queue.removeJobScheduler('sweep-desks');
        await queue.close();
      });
      return {};
    },
    code: 0,
    bad: ['warn schedules sweep-desks'],
    found: 'no such job exists',
    remedy: 'CARETAKER_PREFIX',
  },
];

/** Sets something in the running Redis, and back after the test. */
async function setting(name: string, value: string, before: string): Promise<Environment> {
  const owner = new Redis(redis.socketPath);
  await owner.config('SET', name, value);
  onTestFinished(async () => {
    await owner.config('SET', name, before);
    owner.disconnect();
  });
  return {};
}

it('before the first deployment, missing schedules and workers are no failure', async () => {
  const found = await examine({ REDIS_URL: endToEnd.redis.url });
  expect(bad(found)).toEqual([
    'warn redis fitness',
    ...jobNames.map((job) => `warn schedules ${job}`),
    'warn queue workers',
  ]);
  expect(found.code).toBe(0);
});

it('the doctor reports a held run', async () => {
  const environment = { REDIS_URL: endToEnd.redis.url };
  const held = await endToEnd.run(['run', 'purge-windows', '--json', '--mode', 'enforce'], {
    ...environment,
    PURGE_WINDOWS_MAX_ACTIONS: '1',
    PURGE_WINDOWS_HOLD_ON: 'max-actions',
  });
  expect(held.code).toBe(3);
  const { id } = held.json<{ run: { id: string } }>().run;
  const line = (await examine(environment)).lines.find(({ check }) => check === 'held runs');
  expect(line).toMatchObject({ health: 'warn', found: expect.stringContaining(`${id}: `) });
  expect(line?.remedy).toBe(
    `Review it: caretaker runs ${id}. Then: caretaker approve ${id} or caretaker reject ${id}`,
  );
});

describe('a fault in the deployment', () => {
  it.each(faults)(
    'a fault in the deployment is reported with what to do: $fault',
    async ({ plant, code, bad: expected, found, remedy }) => {
      const findings = await examine(await plant());
      expect(bad(findings)).toEqual(expected);
      expect(findings.code).toBe(code);
      const [first] = findings.lines.filter(({ health }) => health === 'fail' || health === 'warn');
      expect(first?.found).toContain(found);
      expect(first?.remedy).toContain(remedy);
      expect(JSON.stringify(findings)).not.toContain('canary-password');
    },
  );

  it('a fault in the deployment is reported with what to do: a clock that is six minutes ahead', async () => {
    const { context, output } = openStreams(false, { ...endToEnd.environment, ...healthy });
    const ahead = { ...context, now: () => DateTime.utc().plus({ minutes: 6 }), exit: (() => {}) as never };
    expect(await runDoctor(ahead, '0.1.0', { json: true })).toBe(1);
    const { checks } = JSON.parse(output()) as { checks: Line[] };
    expect(bad({ code: 1, lines: checks })).toEqual([
      'fail redis clock',
      'fail pointsharp clock',
      'fail superoffice clock',
    ]);
    const clock = checks.find(({ check }) => check === 'clock');
    expect(clock?.found).toMatch(/^differs from our clock by (359|360)\.\d s$/);
    expect(clock?.remedy).toBe('Set both clocks by the same NTP server.');
  });
});

it('the doctor checks all that does not depend on the wrong variables, and names what it leaves out', async () => {
  const found = await examine({ POINTSHARP_URL: '', REDIS_URL: 'http://127.0.0.1' });
  expect(found.code).toBe(2);
  expect(bad(found)).toEqual(['fail configuration REDIS_URL', 'fail configuration POINTSHARP_URL']);
  const health = (subject: string) =>
    found.lines.filter((line) => line.subject === subject).map((line) => line.health);
  for (const subject of ['redis', 'schedules', 'pointsharp', 'timed-devices']) {
    expect(health(subject), subject).toEqual(['not-checked']);
  }
  for (const subject of ['superoffice', 'roster', 'versions'])
    expect(new Set(health(subject))).toEqual(new Set(['ok']));
});

it('the doctor ends in time although every server accepts the connection and never answers', async () => {
  const port = await listenSilently();
  const found = await examine({
    REDIS_URL: `redis://127.0.0.1:${port}`,
    POINTSHARP_URL: `http://127.0.0.1:${port}/api/`,
    SUPEROFFICE_URL: `https://localhost:${port}/api/`,
  });
  expect(found.code).toBe(1);
  expect(bad(found)).toEqual(['fail redis reachable', 'fail pointsharp sign-in', 'fail superoffice address']);
  expect(found.lines.find(({ check }) => check === 'sign-in')?.remedy).toBe(
    'If this persists, check the network and POINTSHARP_URL.',
  );
});

async function listenSilently(): Promise<number> {
  const server: Server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

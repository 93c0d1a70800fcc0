import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DateTime } from 'luxon';
import { beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Simulators, startSimulators } from '../../../../simulators/simulators.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { jobs } from '../../../../src/jobs/index.ts';
import { lookAtConfiguration } from '../../../../src/ops/doctor/configuration.ts';
import { checkRoster, type RosterSample } from '../../../../src/ops/doctor/roster/roster.ts';
import { linesForStart } from '../../../../src/ops/doctor/start.ts';

type Environment = Readonly<Record<string, string>>;

let simulators: Simulators;
let environment: Environment;

beforeAll(async () => {
  simulators = await startSimulators({ users: 8 });
  environment = {
    POINTSHARP_URL: simulators.pointsharp.url,
    SUPEROFFICE_URL: simulators.superoffice.url,
    SUPEROFFICE_USERNAME: 'caretaker',
    SUPEROFFICE_PASSWORD: 'simulated',
    CARETAKER_RETRY_DELAY: 'PT0.01S',
    CARETAKER_ROSTER: 'superoffice:',
  };
  return () => simulators.close();
});
beforeEach(() => {
  const user = (associateDbId: number, userName: string) => ({ associateDbId, userName, isActive: true });
  const { archive } = simulators.superoffice.world;
  archive.users = [user(1, 'ANNA'), user(2, 'bo'), user(3, 'Bo'), user(4, 'eva')];
});

async function examine(extra: Environment = {}, enoughMs = 0) {
  const now = DateTime.utc();
  const config = loadConfig({ ...environment, ...extra }, jobs, now);
  const samples: RosterSample[] = [];
  const onSample = (sample: RosterSample) => samples.push(sample);
  const input = new PassThrough();
  const lines = await checkRoster(config, {
    sampleSize: 3,
    now,
    input,
    enoughMs,
    timeoutMs: 20_000,
    onSample,
  });
  return { lines, sample: samples[0] };
}

it('the doctor reads the users of SuperOffice, and samples them for the vendors', async () => {
  const { lines, sample } = await examine();
  expect(lines.map(({ health, check, found }) => `${health} ${check}: ${found}`)).toEqual([
    'ok users: 4 in superoffice:',
    'warn look-alikes: 1 users differ from others only in case, outer blanks or invisible characters: line 3 like line 2',
    'ok fields: 4 users without userStorageName, 0 without associateId',
  ]);
  expect(sample?.users[0]).toEqual({ username: 'ANNA', associateId: 1, active: true });
});

it('the doctor says what comes of a join, and warns only of what is ambiguous', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'caretaker-join-')), 'users.csv');
  writeFileSync(path, 'username\nanna\nbo\nkim\n');
  const joined = { CARETAKER_ROSTER: `${path} superoffice:`, CARETAKER_ROSTER_JOIN: 'lower-case' };
  const line = async () => (await examine(joined)).lines.find(({ check }) => check === 'join');
  expect(await line()).toMatchObject({
    health: 'warn',
    found:
      '1 user matched by lower-case, 1 only in the first source, 1 only in SuperOffice; ambiguous: bo for bo (associate 2); Bo (associate 3)',
    remedy: expect.stringContaining('Give each of them a name of its own'),
  });
  const { archive } = simulators.superoffice.world;
  archive.users = archive.users?.slice(0, 2);
  expect(await line()).toMatchObject({
    health: 'ok',
    found: '2 users matched by lower-case, 1 only in the first source, 0 only in SuperOffice',
  });
});

it('a SuperOffice that is too large to be read at once is looked at, and the doctor says so', async () => {
  const { archive } = simulators.superoffice.world;
  const isActive = true;
  archive.users = Array.from({ length: 30 }, (_, id) => ({
    associateDbId: id,
    userName: `u${id}`,
    isActive,
  }));
  const pages = { ROSTER_SUPEROFFICE_PAGE_SIZE: '7' };
  const told = async (extra: Environment, enoughMs: number) =>
    (await examine({ ...pages, ...extra }, enoughMs)).lines.map(
      ({ health, check, found }) => `${health} ${check}: ${found}`,
    );
  expect(await told({}, 0)).toContain(
    'ok users: the first 7 in superoffice:, which has more: caretaker roster check reads all of it',
  );
  expect(await told({}, 3_600_000)).toContain('ok users: 30 in superoffice:');
  const path = join(mkdtempSync(join(tmpdir(), 'caretaker-join-')), 'users.csv');
  writeFileSync(path, 'username\nu20\nu21\n');
  const joined = { CARETAKER_ROSTER: `${path} superoffice:`, CARETAKER_ROSTER_JOIN: 'lower-case' };
  expect(await told(joined, 0)).toEqual([
    `ok users: the first 2 in ${path} superoffice:, which has more: caretaker roster check reads all of it`,
    expect.stringContaining('format'),
    'not-checked join: 0 users matched by lower-case in the parts that were seen, and there is more: caretaker roster check reads all of it',
    'ok age: written 0 days ago',
  ]);
  expect((await told(joined, 3_600_000)).join()).toContain('ok join: 2 users matched by lower-case');
});

it('a SuperOffice that fails is told as the roster, without a word of a path', async () => {
  const { lines } = await examine({ SUPEROFFICE_PASSWORD: 'other' });
  expect(lines).toMatchObject([
    { health: 'fail', check: 'file', remedy: expect.stringContaining('SUPEROFFICE_AUTH') },
  ]);
  expect(lines[0]?.remedy).not.toContain('path');
});

it.each<[state: string, check: string, health: string, () => Environment]>([
  [
    'down',
    'source',
    'warn',
    () => {
      simulators.superoffice.faults.add({ kind: 'status', operation: 'GET Archive/AllUsers', status: 503 });
      return {};
    },
  ],
  ['unreachable', 'source', 'warn', () => ({ SUPEROFFICE_URL: 'http://127.0.0.1:1/api/' })],
  ['refusing the sign-in', 'file', 'fail', () => ({ SUPEROFFICE_PASSWORD: 'other' })],
])(
  'a SuperOffice that is %s is told as %s, and where a pod starts it is: %s',
  async (_, check, health, prepare) => {
    onTestFinished(() => void simulators.superoffice.faults.remove());
    const { lines } = await examine(prepare());
    expect(lines).toMatchObject([{ health: 'fail', check }]);
    expect(linesForStart(lines)).toMatchObject([{ subject: 'roster', health }]);
  },
);

it.each([
  ['a web server that is down', { CARETAKER_ROSTER: 'http://127.0.0.1:1/users.csv' }],
  ['a directory that is down', { CARETAKER_ROSTER: 'ldap://127.0.0.1:1', ROSTER_LDAP_BASE: 'DC=a' }],
])('%s keeps no pod from starting', async (_, source) => {
  const { lines } = await examine(source);
  expect(linesForStart(lines)).toMatchObject([{ check: 'source', health: 'warn', startsAnyway: true }]);
});

it.each<[string, Environment]>([
  ['SuperOffice', { SUPEROFFICE_URL: 'crm.example' }],
  ['the rule', { CARETAKER_ROSTER: 'users.csv superoffice:', CARETAKER_ROSTER_JOIN: 'guess' }],
  [
    'a directory',
    { CARETAKER_ROSTER: 'ldap:// superoffice:', CARETAKER_ROSTER_JOIN: 'mail', ROSTER_LDAP_BASE: 'DC=a' },
  ],
])('what does not depend on the roster is checked where %s is wrong', (_, extra) => {
  const { config, wrong } = lookAtConfiguration({ ...environment, ...extra }, DateTime.utc());
  expect(wrong).toContain('CARETAKER_ROSTER');
  expect(config?.roster).toBeUndefined();
  expect(config?.pointsharp?.url.href).toBe(simulators.pointsharp.url);
});

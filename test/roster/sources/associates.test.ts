import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/simulators.ts';
import type { ArchiveHabits, ArchiveUser } from '../../../simulators/superoffice/archive.ts';
import { usersOfSuperoffice } from '../../../src/clients/superoffice/users-source.ts';
import { openVendorClients } from '../../../src/clients/vendors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { OperatorError } from '../../../src/domain/operator-error.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { RosterInterrupted } from '../../../src/roster/errors.ts';
import type { Roster } from '../../../src/roster/roster.ts';
import { openSource } from '../../../src/roster/sources/open-source.ts';
import { openOnline } from '../../support/online.ts';

type Environment = Readonly<Record<string, string>>;

const users: readonly ArchiveUser[] = Array.from({ length: 50 }, (_, index) => ({
  associateDbId: 100 + 3 * index,
  userName: `CANARY\\åsa.${index}`,
  personEmail: `asa.${index}@example.com`,
  isActive: index % 5 !== 0,
  canLogin: true,
  assocType: index % 10 === 9 ? 'external' : 'associate',
}));
let simulators: Simulators;

beforeAll(async () => {
  simulators = await startSimulators({ users: 50 });
  return () => simulators.close();
});
afterEach(() => {
  const { world, faults, switches } = simulators.superoffice;
  Object.assign(world.archive, { users, habits: {} });
  faults.remove();
  switches.clear();
});

function habits(how: ArchiveHabits): void {
  simulators.superoffice.world.archive.habits = how;
}

async function open(environment: Environment = {}, patience = { timeoutMs: 20_000 }): Promise<Roster> {
  const now = DateTime.now();
  const config = loadConfig(
    {
      CARETAKER_ROSTER: 'superoffice:',
      CARETAKER_RETRY_DELAY: 'PT0.01S',
      POINTSHARP_URL: 'http://127.0.0.1:9/api/',
      SUPEROFFICE_URL: simulators.superoffice.url,
      SUPEROFFICE_USERNAME: 'caretaker',
      SUPEROFFICE_PASSWORD: 'simulated',
      ROSTER_SUPEROFFICE_PAGE_SIZE: '7',
      ...environment,
    },
    jobs,
    now,
  );
  const { associates, superoffice } = config;
  if (!associates || !superoffice) throw new Error('There is no SuperOffice in the configuration.');
  const clients = openVendorClients(config, () => ({ now: () => now }));
  const read = usersOfSuperoffice((meter) => clients.readers(meter).superoffice(), 10);
  const archive = { settings: associates, address: superoffice.url.href, read, now };
  try {
    return await openSource({ ...config, roster: '', archive }, Readable.from([]), patience);
  } finally {
    await clients.destroy();
  }
}

async function read(environment?: Environment) {
  const roster = await open(environment);
  try {
    const rows = (await Array.fromAsync(roster.read(DateTime.now()))).flat();
    const found = rows.flatMap((row) => ('user' in row ? [row.user] : []));
    return { found, rejected: rows.length - found.length, sources: roster.sources };
  } finally {
    await roster.close();
  }
}

async function failure(environment?: Environment, patience?: { timeoutMs: number }): Promise<string> {
  const error = await open(environment, patience).then(
    () => undefined,
    (thrown: OperatorError) => thrown,
  );
  expect(error?.name).toBe('RosterError');
  expect(`${error?.message}`).not.toMatch(/CANARY|åsa|simulated/);
  return `${error?.problem}|${error?.advice}`;
}

const everybody = users.map(({ associateDbId, userName, isActive }) => ({
  username: userName,
  associateId: associateDbId,
  active: isActive,
}));

it.each(['2', '7', '10', '25', '49', '50', '51', '10000'])(
  'all users of SuperOffice, current and former, are read in pages of %s',
  async (pageSize) => {
    simulators.superoffice.world.archive.users = users.toReversed();
    const { found, rejected, sources } = await read({ ROSTER_SUPEROFFICE_PAGE_SIZE: pageSize });
    expect({ found, rejected }).toEqual({ found: everybody, rejected: 0 });
    expect(sources).toMatchObject([{ name: `SuperOffice at ${simulators.superoffice.url}`, users: 50 }]);
    expect(simulators.superoffice.traffic.facts().violations.first).toEqual([]);
  },
);

it('pages of the size that the server likes are read whole, also where it says of the last one that there are more', async () => {
  habits({ mostRows: 3, alwaysMore: true });
  expect((await read()).found).toEqual(everybody);
});

it('name, storage, column of who has left, and types are those that are set', async () => {
  const { found } = await read({
    ROSTER_SUPEROFFICE_USERNAME_COLUMN: 'personEmail',
    ROSTER_SUPEROFFICE_ACTIVE_COLUMN: 'canLogin',
    ROSTER_SUPEROFFICE_TYPES: 'system, external',
    ROSTER_SUPEROFFICE_STORAGE: 'AD',
  });
  expect(found).toHaveLength(5);
  expect(found[0]).toEqual({
    username: 'asa.9@example.com',
    userStorageName: 'AD',
    associateId: 127,
    active: true,
  });
});

it('who has no name, or may have left and nobody can tell, is turned down alone', async () => {
  const [first, second, ...others] = users;
  if (!first || !second) throw new Error('There are two users.');
  simulators.superoffice.world.archive.users = [{ ...first, userName: null }, second, ...others];
  expect(await read()).toMatchObject({ rejected: 1, found: everybody.slice(1) });
  const odd = { ...second, isActive: 'perhaps' };
  simulators.superoffice.world.archive.users = [first, odd, ...others];
  expect(await read()).toMatchObject({ rejected: 1, found: [everybody[0], ...everybody.slice(2)] });
});

it.each<[string, ArchiveHabits, RegExp]>([
  ['a size of page that is refused', { refusesAbove: 6 }, /page is too large.*ROSTER_SUPEROFFICE_PAGE_SIZE/],
  ['pages that repeat', { ignores: '$skip' }, /pages do not follow each other.*PAGE_SIZE/],
  ['an order that is ignored', { ignores: '$orderBy' }, /another order/],
  ['a page that is cut off', { cutsAt: 20 }, /gives 20 users, and has more/],
  ['a first page that is cut off', { cutsAt: 1 }, /gives 1 users, and has more/],
])('%s is told, and is never a smaller roster', async (_, how, told) => {
  const [first, ...others] = users;
  simulators.superoffice.world.archive.users = first ? [...others, first] : [];
  habits(how);
  expect(await failure()).toMatch(told);
});

it('somebody who goes or comes while pages are read is noticed', async () => {
  const { archive } = simulators.superoffice.world;
  const newcomer: ArchiveUser = { associateDbId: 101, userName: 'CANARY', isActive: true };
  for (const changed of [users.slice(1), [...users, newcomer]]) {
    archive.users = users;
    habits({
      onPage(skip) {
        if (skip > 10) archive.users = changed;
      },
    });
    expect(await failure()).toMatch(/changed while they were read/);
  }
  archive.users = users;
  // Behind the last one nobody is missed.
  habits({
    onPage(skip) {
      if (skip > 10) archive.users = [...users, { ...newcomer, associateDbId: 9_999 }];
    },
  });
  expect((await read()).found).toHaveLength(51);
});

it.each<[string, readonly ArchiveUser[], Environment, RegExp]>([
  ['nobody', [], {}, /success and without a single user.*SUPEROFFICE_AUTH may read/],
  [
    'nobody with a name',
    users.map((user) => ({ ...user, userName: null })),
    {},
    /50 users, and none of them with the column userName.*USERNAME_COLUMN/,
  ],
  [
    'nobody of whom it is known whether they have left',
    users.map((user) => ({ ...user, isActive: null })),
    {},
    /50 users, and of none of them the column isActive says whether they have left.*ACTIVE_COLUMN/,
  ],
  [
    'a column of who has left that the server leaves out',
    users.map(({ canLogin: _, ...user }) => user),
    { ROSTER_SUPEROFFICE_ACTIVE_COLUMN: 'canLogin' },
    /column canLogin says whether.*ACTIVE_COLUMN/,
  ],
  [
    'nobody of a type',
    users,
    { ROSTER_SUPEROFFICE_TYPES: 'employee' },
    /none of them is of a type .* There are the types "associate", "external"/,
  ],
  [
    'an associate twice',
    [...users, ...users.slice(0, 1)],
    {},
    /another order than that of their associates, or gives one twice/,
  ],
])('%s is told, and is never a smaller roster of SuperOffice', async (_, given, environment, told) => {
  simulators.superoffice.world.archive.users = given;
  expect(await failure(environment)).toMatch(told);
});

it('somebody of whom it is not known whether they have left is taken, where it is known of others', async () => {
  const [first, ...others] = users;
  if (!first) throw new Error('There is a user.');
  simulators.superoffice.world.archive.users = [{ ...first, isActive: null }, ...others];
  const { found } = await read();
  expect(found).toEqual([{ username: first.userName, associateId: 100 }, ...everybody.slice(1)]);
});

it('a page that fails is asked for twice more, and then the reading has failed', async () => {
  const { faults, traffic } = simulators.superoffice;
  for (const kind of ['status', 'reset', 'truncated', 'html'] as const) {
    faults.add({ kind, operation: 'GET Archive/AllUsers', status: 503, count: 2 });
    expect((await read()).found).toHaveLength(50);
    faults.remove();
    faults.add({ kind, operation: 'GET Archive/AllUsers', status: 503, count: 3 });
    expect(await failure()).toMatch(/GET Archive\/AllUsers for the users from row 1 failed/);
    faults.remove();
  }
  expect(traffic.facts().faulted).toMatchObject({ status: 5, reset: 5 });
});

it('a server that says nothing is given up after the time-out', async () => {
  simulators.superoffice.faults.add({ kind: 'silence' });
  expect(await failure({}, { timeoutMs: 500 })).toMatch(/within 0.5 s.*CARETAKER_ROSTER_TIMEOUT/);
});

it('nobody waits for SuperOffice once nobody waits any more', async () => {
  simulators.superoffice.faults.add({ kind: 'silence' });
  const stop = new AbortController();
  const opening = open({}, Object.assign({ timeoutMs: 3_600_000 }, { signal: stop.signal }));
  stop.abort();
  await expect(opening).rejects.toBeInstanceOf(RosterInterrupted);
});

it.each<[string, () => void, Environment, RegExp]>([
  ['a wrong password', () => {}, { SUPEROFFICE_PASSWORD: 'other' }, /401.*SUPEROFFICE_AUTH/],
  [
    'rights that are missing',
    () => simulators.superoffice.switches.set('GET Archive/AllUsers', 403),
    {},
    /403.*right to read the users/,
  ],
  [
    'a column that is none',
    () => {},
    { ROSTER_SUPEROFFICE_ACTIVE_COLUMN: 'works' },
    /unknown column.*columns of ROSTER/,
  ],
])('%s is told, with what to set for SuperOffice', async (_, prepare, environment, told) => {
  prepare();
  expect(await failure(environment)).toMatch(told);
});

it.each(['refresh-token', 'system-user'] as const)(
  'the users of a tenant of SuperOffice Online are read by %s, and nothing goes where a next link leads',
  async (auth) => {
    const { online, environment } = await openOnline(auth, { now: Date.now() });
    online.world.archive.users = users;
    online.moveTo(1);
    expect((await read(environment)).found).toEqual(everybody);
    expect(online.login.traffic.facts().violations.first).toEqual([]);
    expect(online.hosts.map(({ strays }) => strays())).toEqual([0, 0, 0]);
    online.become({ state: 'OfflineMaintenance', isRunning: false });
    expect(await failure(environment)).toMatch(/maintenance/);
    online.become({});
    online.identity.revoke();
    expect(await failure(environment)).toMatch(/revoked|not accept/);
  },
);

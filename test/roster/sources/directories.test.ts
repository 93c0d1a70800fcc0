import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readDirectories } from '../../../src/config/roster/directories.ts';
import type { OperatorError } from '../../../src/domain/operator-error.ts';
import type { User } from '../../../src/domain/user.ts';
import { RosterInterrupted } from '../../../src/roster/errors.ts';
import { openSource } from '../../../src/roster/sources/open-source.ts';
import {
  makeCertificate,
  noOpenLdap,
  type OpenLdap,
  type OpenLdapOptions,
  open,
  reader,
  startOpenLdap,
  suffix,
} from '../../support/openldap.ts';

const people = Array.from({ length: 3_000 }, (_, index) => ({
  uid: `p${index}`,
  sAMAccountName: `Åsa.${index}`,
  employeeNumber: String(1 + index),
  userAccountControl: index % 20 === 0 ? '514' : '512',
}));
const valid = makeCertificate('20991231000000Z');
let north: OpenLdap;
let south: OpenLdap;

const settings = {
  ROSTER_LDAP_BASE: `ou=people,${suffix}`,
  ROSTER_LDAP_FILTER: '(objectClass=inetOrgPerson)',
  ROSTER_LDAP_STORAGE: 'north',
  ROSTER_LDAP_BIND_DN: reader.dn,
  ROSTER_LDAP_BIND_PASSWORD: reader.password,
};

function configure(roster: string, environment: Readonly<Record<string, string>> = {}) {
  const { directories, problems } = readDirectories(roster, { ...settings, ...environment });
  expect(problems).toEqual([]);
  return { directories, download: undefined, roster };
}

async function read(roster: string, environment?: Readonly<Record<string, string>>): Promise<User[]> {
  const opened = await openSource(configure(roster, environment), Readable.from([]), { timeoutMs: 20_000 });
  try {
    const rows = (await Array.fromAsync(opened.read(DateTime.now()))).flat();
    return rows.flatMap((row) => ('user' in row ? [row.user] : []));
  } finally {
    await opened.close();
  }
}

/** What the reading fails with. */
async function failure(roster: string, environment?: Readonly<Record<string, string>>) {
  const error = await read(roster, environment).then(
    () => undefined,
    (thrown: OperatorError) => thrown,
  );
  expect(error?.name).toBe('RosterError');
  expect(`${error?.problem} ${error?.advice}`).not.toMatch(/canary|Åsa|uid=/);
  return `${error?.problem}|${error?.advice}`;
}

async function start(options: Partial<OpenLdapOptions>): Promise<OpenLdap> {
  const directory = await startOpenLdap({ people: people.slice(0, 30), ...options });
  onTestFinished(() => directory.close());
  return directory;
}

/** Listens until the end of the test. */
async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `ldap://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Passes everything on, and so many bytes of the answers. */
function relay(to: string, bytes: number): Promise<string> {
  return listen((socket) => {
    const directory = connect(Number(new URL(to).port), '127.0.0.1');
    directory.on('error', () => {});
    socket.pipe(directory);
    let left = bytes;
    directory.on('data', (part: Buffer) => {
      socket.write(part.subarray(0, left));
      left -= part.length;
      if (left <= 0) socket.destroy();
    });
    socket.on('close', () => directory.destroy());
  });
}

describe.skipIf(noOpenLdap)(`rosters from OpenLDAP ${noOpenLdap ?? ''}`.trim(), () => {
  beforeAll(async () => {
    north = await startOpenLdap({ people, tls: valid });
    south = await startOpenLdap({ people: people.slice(0, 40) });
  });
  afterAll(() => Promise.all([north?.close(), south?.close()]));

  it('two directories are one roster, page after page, each with its own storage', async () => {
    const users = await read(`${north.secureUrl} ${south.url}`, {
      ROSTER_LDAP_CA_FILE: valid.certificate,
      ROSTER_LDAP_ASSOCIATE_ATTRIBUTE: 'employeenumber',
      ROSTER_LDAP_2_BASE: suffix,
      ROSTER_LDAP_2_FILTER: '(uid=*)',
      ROSTER_LDAP_2_STORAGE: 'south',
      ROSTER_LDAP_2_USERNAME_ATTRIBUTE: 'uid',
      ROSTER_LDAP_2_PAGE_SIZE: '7',
      ROSTER_LDAP_2_BIND_DN: reader.dn,
      ROSTER_LDAP_2_BIND_PASSWORD: reader.password,
    });
    expect(users).toHaveLength(3_040);
    expect(users[2_999]).toMatchObject({
      username: 'Åsa.2999',
      userStorageName: 'north',
      associateId: 3_000,
    });
    expect(users[3_039]).toMatchObject({ username: 'p39', userStorageName: 'south' });
  });

  it('the groups of a user are the values of an attribute, and the units of the DN', async () => {
    const attribute = { ROSTER_LDAP_GROUP_ATTRIBUTE: 'EmployeeNumber' };
    expect((await read(north.url, attribute))[7]?.groups).toEqual(['8']);
    const units = await read(north.url, { ...attribute, ROSTER_LDAP_DN_GROUPS: 'true' });
    expect(units[7]?.groups).toEqual(['8', 'people']);
    expect((await read(north.url))[7]?.groups).toBeUndefined();
  });

  it('StartTLS encrypts before anybody signs in', async () => {
    const environment = { ROSTER_LDAP_START_TLS: 'true', ROSTER_LDAP_CA_FILE: valid.certificate };
    expect(await read(north.url, environment)).toHaveLength(3_000);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a wrong password',
      { ROSTER_LDAP_BIND_PASSWORD: 'wrong' },
      /wrong user or password .*49.*BIND_PASSWORD/,
    ],
    [
      'a base that is not there',
      { ROSTER_LDAP_BASE: `ou=nobody,${suffix}` },
      /no such entry.*ROSTER_LDAP_BASE/,
    ],
    ['a base that is no DN', { ROSTER_LDAP_BASE: 'people' }, /not written as a DN is.*ROSTER_LDAP_BASE/],
    ['a scope that finds nobody', { ROSTER_LDAP_SCOPE: 'base' }, /without a single user.*ROSTER_LDAP_SCOPE/],
    ['a filter that is none', { ROSTER_LDAP_FILTER: '(uid=*' }, /ROSTER_LDAP_FILTER is no filter/],
    [
      'an attribute that nobody has',
      { ROSTER_LDAP_USERNAME_ATTRIBUTE: 'mail' },
      /30 entries, and none .* mail/,
    ],
    [
      'a certificate of a stranger',
      { ROSTER_LDAP_START_TLS: 'true' },
      /StartTLS .*certificate is not trusted/,
    ],
  ])('%s is told, with what to set', async (_, environment, told) => {
    const directory = await start({ tls: valid });
    expect(await failure(directory.url, environment)).toMatch(told);
  });

  it.each<[string, Partial<OpenLdapOptions>, Record<string, string>, RegExp]>([
    ['StartTLS where it is not offered', {}, { ROSTER_LDAP_START_TLS: 'true' }, /StartTLS .*START_TLS/],
    ['a limit of size', { settings: [open, 'sizelimit 20'] }, {}, /size limit was exceeded.*PAGE_SIZE/],
    ['a size of page that is refused', { settings: [open, 'limits users size.pr=10'] }, {}, /PAGE_SIZE/],
    [
      'pages that are not offered',
      { settings: [open, 'limits users size.prtotal=disabled'] },
      {},
      /LDAP result code/,
    ],
    [
      'rights that hide everybody',
      {
        settings: [`access to dn.children="ou=people,${suffix}" by * none`, open],
      },
      {},
      /success and without a single user.*ROSTER_LDAP_BIND_DN/,
    ],
    [
      'rights that hide the names',
      { settings: ['access to attrs=sAMAccountName by * none', open] },
      {},
      /30 entries, and none/,
    ],
    [
      'a part that another directory holds',
      {
        ldif: `dn: ou=far,ou=people,${suffix}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example/ou=far,${suffix}\n`,
      },
      {},
      /refers to other directories.*ROSTER_LDAP_BASE/,
    ],
  ])('%s is told, and is never a smaller roster', async (_, options, environment, told) => {
    const directory = await start(options);
    expect(await failure(directory.url, environment)).toMatch(told);
  });

  it('a connection that ends in the middle is told, and is never a smaller roster', async () => {
    const environment = { ROSTER_LDAP_PAGE_SIZE: '100' };
    const whole = await relay(north.url, Number.POSITIVE_INFINITY);
    expect(await read(whole, environment)).toHaveLength(3_000);
    expect(await failure(await relay(north.url, 60_000), environment)).toMatch(/ended before the answer did/);
  });

  it('an expired certificate is told as such', async () => {
    const expired = makeCertificate('20200102000000Z');
    const directory = await start({ tls: expired });
    const environment = { ROSTER_LDAP_CA_FILE: expired.certificate };
    expect(await failure(directory.secureUrl, environment)).toMatch(/certificate has expired.*Renew/);
  });

  it('an exact number of full pages is read whole, although OpenLDAP ends it with an empty one', async () => {
    const directory = await start({});
    expect(await read(directory.url, { ROSTER_LDAP_PAGE_SIZE: '10' })).toHaveLength(30);
  });
});

it('a directory that says nothing is given up after the time-out, or at once when nobody waits any more', async () => {
  const address = await listen(() => {});
  const opening = openSource(configure(address), Readable.from([]), { timeoutMs: 50 });
  await expect(opening).rejects.toThrow('had no answer within 0.05 s. Check the directory');
  const stop = new AbortController();
  const patience = { timeoutMs: 3_600_000, signal: stop.signal };
  const waiting = openSource(configure(address), Readable.from([]), patience);
  stop.abort();
  await expect(waiting).rejects.toBeInstanceOf(RosterInterrupted);
});

it('a directory that nobody answers for is told by its address', async () => {
  expect(await failure('ldap://127.0.0.1:1')).toMatch(/connection refused \(ECONNREFUSED\)/);
});

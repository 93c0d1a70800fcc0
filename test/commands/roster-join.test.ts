import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ArchiveHabits, ArchiveUser } from '../../simulators/superoffice/archive.ts';
import type { JoinCounts } from '../../src/roster/joining/counts.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import {
  noOpenLdap,
  type OpenLdap,
  type Person,
  reader,
  startOpenLdap,
  suffix,
} from '../support/openldap.ts';

/** Somebody on one of the two sides. */
interface Someone {
  readonly name: string;
  readonly shown: string;
  readonly associateId?: number;
}

const users = 3_000;
let endToEnd: EndToEnd;
let north: OpenLdap;
let south: OpenLdap;
let people: readonly Someone[];
let associates: readonly ArchiveUser[];
let environment: Record<string, string>;

/** As the test understands the rule, by means of its own. */
const folded = (name: string) => name.normalize('NFC').trim().toLowerCase();

function entry(uid: number, name: string): Person {
  return { uid: `p${uid}`, sAMAccountName: name, userAccountControl: '512' };
}

/** What the join has to come to, counted name by name. */
function expected() {
  const there: readonly Someone[] = associates.map(({ userName, associateDbId }) => ({
    name: userName ?? '',
    shown: `${userName} (associate ${associateDbId})`,
    associateId: associateDbId,
  }));
  const [byUser, byAssociate] = [people, there].map((side) => Map.groupBy(side, ({ name }) => folded(name)));
  const parts = {
    matched: new Map<string, number>(),
    onlyUsers: [] as string[],
    onlyAssociates: [] as string[],
    ambiguousUsers: [] as string[],
    ambiguousAssociates: [] as string[],
  };
  for (const key of new Set([...(byUser?.keys() ?? []), ...(byAssociate?.keys() ?? [])])) {
    const [here = [], over = []] = [byUser?.get(key), byAssociate?.get(key)];
    const [user] = here;
    const [associate] = over;
    if (here.length === 1 && over.length === 1)
      parts.matched.set(user?.name ?? '', associate?.associateId ?? 0);
    else {
      const isOneSided = here.length === 0 || over.length === 0;
      (isOneSided ? parts.onlyUsers : parts.ambiguousUsers).push(...here.map(({ shown }) => shown));
      (isOneSided ? parts.onlyAssociates : parts.ambiguousAssociates).push(...over.map(({ shown }) => shown));
    }
  }
  return parts;
}

function expectJoin(join: JoinCounts | null | undefined): void {
  const { matched, ...sides } = expected();
  expect(join).toMatchObject({ rule: 'lower-case', matched: matched.size });
  for (const side of ['onlyUsers', 'onlyAssociates', 'ambiguousUsers', 'ambiguousAssociates'] as const) {
    expect(join?.[side].count).toBe(sides[side].length);
    expect(join?.[side].names).toHaveLength(Math.min(20, sides[side].length));
    expect(sides[side]).toEqual(expect.arrayContaining([...(join?.[side].names ?? [])]));
  }
}

beforeAll(async () => {
  if (noOpenLdap) return;
  endToEnd = await openEndToEnd({ users, frozen: true });
  const world = endToEnd.simulators.people;
  const name = (index: number) => world.username(index);
  // The south has five who are called as somebody in the north.
  const northern = Array.from({ length: 2_000 }, (_, index) => name(index));
  const southern = Array.from({ length: 1_000 }, (_, index) =>
    name(index < 995 ? 2_000 + index : index - 900),
  );
  people = [
    ...northern.map((one) => ({ name: one, shown: `${one} (north)` })),
    ...southern.map((one) => ({ name: one, shown: `${one} (south)` })),
  ];
  // Four of five are associates, in capitals here and there; three names are in use twice, and the rest are strangers.
  const known = Array.from({ length: 2_995 }, (_, index) => index).filter((index) => index % 5 !== 0);
  const written = (index: number) => (index % 2 === 0 ? name(index).toUpperCase() : name(index));
  associates = Array.from({ length: 2_500 }, (_, place) => {
    const index = known[place];
    const twin = known[place - known.length + 40];
    const isTwin = index === undefined && place - known.length < 3;
    const userName = index === undefined ? (isTwin ? name(twin ?? 0) : `stranger ${place}`) : written(index);
    const associateDbId = index === undefined ? 900_000 + place : world.associateId(index);
    return { associateDbId, userName, isActive: true };
  });
  [north, south] = await Promise.all([
    startOpenLdap({ people: northern.map((one, index) => entry(index, one)) }),
    startOpenLdap({ people: southern.map((one, index) => entry(index, one)) }),
  ]);
  const directory = (prefix: string, storage: string, pageSize: string) => ({
    [`${prefix}BASE`]: `ou=people,${suffix}`,
    [`${prefix}FILTER`]: '(uid=*)',
    [`${prefix}STORAGE`]: storage,
    [`${prefix}PAGE_SIZE`]: pageSize,
    [`${prefix}BIND_DN`]: reader.dn,
    [`${prefix}BIND_PASSWORD`]: reader.password,
  });
  environment = {
    CARETAKER_ROSTER: `${north.url} ${south.url} superoffice:`,
    CARETAKER_ROSTER_JOIN: 'lower-case',
    CARETAKER_MODE: 'enforce',
    ...directory('ROSTER_LDAP_', 'north', '300'),
    ...directory('ROSTER_LDAP_2_', 'south', '77'),
    ROSTER_SUPEROFFICE_PAGE_SIZE: '400',
  };
});
beforeEach(() => {
  if (noOpenLdap) return;
  const { superoffice, pointsharp } = endToEnd.simulators;
  Object.assign(superoffice.world.archive, { users: associates, habits: {} });
  superoffice.faults.remove();
  superoffice.traffic.reset();
  pointsharp.traffic.reset();
});
afterAll(() => Promise.all([endToEnd?.close(), north?.close(), south?.close()]));

const run = (words: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
  endToEnd.run(words, { ...environment, ...extra });

describe.skipIf(noOpenLdap)(`a roster of directories and SuperOffice ${noOpenLdap ?? ''}`.trim(), () => {
  it('3,000 entries of two directories and 2,500 associates are joined as somebody else counts it', async () => {
    const check = await run(['roster', 'check', '--json']);
    const {
      join,
      users: found,
      withAssociate,
    } = check.json<{
      join: JoinCounts;
      users: number;
      withAssociate: number;
    }>();
    const { matched, ambiguousUsers } = expected();
    expect({ found, withAssociate }).toEqual({ found: users, withAssociate: matched.size });
    // Each kind has somebody: what is compared is not nothing with nothing.
    expect(matched.size).toBeGreaterThan(2_000);
    expect(ambiguousUsers.length).toBeGreaterThan(8);
    expectJoin(join);
    expect(endToEnd.simulators.superoffice.traffic.facts().violations.first).toEqual([]);
  });

  it('an audit asks for those who match and nobody else, and its report says whom the join concerns', async () => {
    const result = await run(['run', 'audit-pocket', '--json'], { CARETAKER_FAIL_ON: 'failed,held,stopped' });
    const report = result.json<Report>();
    const { matched, onlyUsers, ambiguousUsers } = expected();
    expectJoin(report.join);
    expect(report.run.status).toBe('completed');
    expect(report.roster).toEqual({ rows: users, rejected: ambiguousUsers.length });
    expect(report.failures[0]?.reason).toContain('by CARETAKER_ROSTER_JOIN=lower-case several users');
    expect(report.users).toMatchObject({ selected: matched.size + onlyUsers.length, failed: 0 });
    const { byOperation } = endToEnd.simulators.superoffice.traffic.facts();
    expect(byOperation['POST Agents/Pocket/GetRegisteredDevices']).toBe(matched.size);
    const shown = await run(['runs', report.run.id]);
    expect(shown.output).toContain(`joined by lower-case: ${matched.size} users matched`);
    for (const name of report.join?.ambiguousAssociates.names ?? []) expect(shown.output).toContain(name);
  });

  it.each<[string, ArchiveHabits, readonly ArchiveUser[] | undefined, Record<string, string>, RegExp]>([
    ['SuperOffice without anybody', {}, [], {}, /success and without a single user/],
    ['a page that is cut off', { cutsAt: 800 }, undefined, {}, /has more that it left out of a page/],
    ['pages that repeat', { ignores: '$skip' }, undefined, {}, /pages do not follow each other/],
    ['a size of page that is refused', { refusesAbove: 399 }, undefined, {}, /ROSTER_SUPEROFFICE_PAGE_SIZE/],
    [
      'a rule by which nobody matches',
      {},
      undefined,
      { CARETAKER_ROSTER_JOIN: 'mail' },
      /no user has the mail address/,
    ],
    ['a wrong password there', {}, undefined, { SUPEROFFICE_PASSWORD: 'wrong' }, /SUPEROFFICE_AUTH/],
    [
      'a wrong password here',
      {},
      undefined,
      { ROSTER_LDAP_2_BIND_PASSWORD: 'wrong' },
      /wrong user or password/,
    ],
  ])(
    '%s ends a run over a join before it begins, and nothing is written',
    async (_, habits, some, extra, told) => {
      const { world } = endToEnd.simulators.superoffice;
      Object.assign(world.archive, { habits, users: some ?? associates });
      const { code, output, errors } = await run(['run', 'purge-windows', '--json'], extra);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toMatch(told);
      expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
    },
  );

  it('a SuperOffice that hides most of its users holds the run, and nothing is written', async () => {
    expect((await run(['run', 'purge-windows'], { CARETAKER_MODE: 'observe' })).code).toBe(0);
    endToEnd.simulators.superoffice.world.archive.users = associates.slice(0, 900);
    const result = await run(['run', 'purge-windows']);
    expect(result.code).toBe(3);
    expect(result.output).toMatch(
      /SuperOffice at http\S+ gives 900 users, fewer than PURGE_WINDOWS_SHRINK_FACTOR/,
    );
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
  });
});

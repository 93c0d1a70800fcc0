import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import type { JoinRule } from '../../../src/config/settings/associates.ts';
import type { OperatorError } from '../../../src/domain/operator-error.ts';
import { joinRosters } from '../../../src/roster/joining/join.ts';
import { type Roster, rosterFromStream } from '../../../src/roster/roster.ts';

const patience = { timeoutMs: 20_000 };
const now = DateTime.utc();

type Row = Readonly<Record<string, unknown>>;

function rosterOf(name: string, rows: Iterable<Row>): Promise<Roster> {
  const lines = Iterator.from(rows).map((row) => `${JSON.stringify(row)}\n`);
  return rosterFromStream({ name, ending: '.ndjson' }, Readable.from(lines), patience);
}

async function join(rule: JoinRule, users: Iterable<Row>, associates: Iterable<Row>): Promise<Roster> {
  const sides = {
    users: await rosterOf('people', users),
    associates: await rosterOf('SuperOffice', associates),
  };
  try {
    return await joinRosters(sides, rule, now, patience);
  } finally {
    await sides.associates.close();
  }
}

async function rowsOf(roster: Roster) {
  return (await Array.fromAsync(roster.read(now))).flat();
}

const none = { count: 0, names: [] };

it.each<[JoinRule, string, string, boolean]>([
  ['lower-case', 'Anna', 'anna', true],
  ['lower-case', 'A\u030Asa', 'ÅSA', true],
  ['lower-case', 'CORP\\anna', 'anna', false],
  ['strip-domain', 'CORP\\Anna', 'anna', true],
  ['strip-domain', 'anna@corp.example', 'CORP\\ANNA', true],
  ['strip-domain', 'anna@a@corp.example', 'anna@a', false],
  ['strip-domain', 'anna@a@corp.example', 'anna@a@other.example', true],
  ['strip-domain', '@anna', 'anna', false],
  ['strip-domain', 'anna', 'bo', false],
])('by %s the user %s and the associate %s are one: %s', async (rule, user, associate, isMatch) => {
  const beside = [{ username: 'kim' }];
  const roster = await join(
    rule,
    [{ username: user }, ...beside],
    [
      { username: associate, associateId: 7 },
      { username: 'kim', associateId: 8 },
    ],
  );
  expect(roster.join).toMatchObject({ matched: isMatch ? 2 : 1, onlyUsers: { count: isMatch ? 0 : 1 } });
  const rows = await rowsOf(roster);
  const found = rows.find((row) => 'user' in row && row.user.username === user);
  expect(found).toMatchObject({ user: isMatch ? { username: user, associateId: 7 } : { username: user } });
  await roster.close();
});

it('by mail the addresses are compared and not the names, and who has none is only on one side', async () => {
  const roster = await join(
    'mail',
    [
      { username: 'a1', mail: 'Anna@Example.com' },
      { username: 'b1', mail: 'bo@example.com' },
      { username: 'c1' },
    ],
    [
      { username: 'anna', mail: 'anna@example.com', associateId: 1 },
      { username: 'c1', associateId: 3 },
    ],
  );
  expect(roster.join).toEqual({
    rule: 'mail',
    matched: 1,
    onlyUsers: { count: 2, names: ['c1', 'b1'] },
    onlyAssociates: { count: 1, names: ['c1 (associate 3)'] },
    ambiguousUsers: none,
    ambiguousAssociates: none,
  });
  expect(await rowsOf(roster)).toEqual([
    { line: 3, user: { username: 'c1' } },
    { line: 1, user: { username: 'a1', associateId: 1 } },
    { line: 2, user: { username: 'b1' } },
  ]);
  await roster.close();
});

it('several of one name are matched with nobody: they are named on both sides, and only who needs the associate turns them down', async () => {
  const roster = await join(
    'lower-case',
    [
      { username: 'anna', userStorageName: 'AD' },
      { username: 'Anna', userStorageName: 'Partners' },
      { username: 'bo' },
      { username: 'kim' },
      { username: 'lone', userStorageName: 'AD' },
      { username: 'lone', userStorageName: 'Partners' },
    ],
    [
      { username: 'anna', associateId: 1 },
      { username: 'bo', associateId: 2 },
      { username: 'BO', associateId: 3 },
      { username: 'kim', associateId: 4 },
      { username: 'twin', associateId: 5 },
      { username: 'twin', associateId: 6 },
    ],
  );
  expect(roster.join).toMatchObject({
    matched: 1,
    onlyUsers: { count: 2, names: ['lone (AD)', 'lone (Partners)'] },
    onlyAssociates: { count: 2, names: ['twin (associate 5)', 'twin (associate 6)'] },
    ambiguousUsers: { count: 3, names: ['anna (AD)', 'Anna (Partners)', 'bo'] },
    ambiguousAssociates: { count: 3, names: ['anna (associate 1)', 'bo (associate 2)', 'BO (associate 3)'] },
  });
  const rows = await rowsOf(roster);
  expect(
    rows.map((row) => 'user' in row && [row.user.username, row.user.associateId, !row.associateProblem]),
  ).toEqual([
    ['anna', undefined, false],
    ['Anna', undefined, false],
    ['bo', undefined, false],
    ['kim', 4, true],
    ['lone', undefined, true],
    ['lone', undefined, true],
  ]);
  await roster.close();
});

it('what a roster says of its users stays theirs, and of associates only SuperOffice is asked', async () => {
  const roster = await join(
    'lower-case',
    [
      { username: 'anna', userStorageName: 'AD', associateId: 77, active: false },
      { username: 'bo', associateId: 'none' },
      { username: 'ANNA', userStorageName: 'AD' },
      { entry: true },
      { username: 'anna', userStorageName: 'AD' },
    ],
    [
      { username: 'Bo', associateId: 2, active: false, userStorageName: 'CRM' },
      { entry: true, associateId: 9 },
      { username: 'zero', associateId: 0 },
    ],
  );
  expect(await rowsOf(roster)).toEqual([
    { line: 4, rejected: 'username is missing' },
    { line: 5, rejected: expect.stringContaining('duplicate'), isDuplicate: true },
    { line: 1, user: { username: 'anna', userStorageName: 'AD', active: false } },
    { line: 3, user: { username: 'ANNA', userStorageName: 'AD' }, looksLike: 1 },
    { line: 2, user: { username: 'bo', associateId: 2 } },
  ]);
  expect(roster.join?.onlyAssociates).toEqual({
    count: 2,
    names: ['row 2 (username is missing)', 'zero (associate unknown)'],
  });
  await roster.close();
});

it('fields of a user that this program does not know go through a join', async () => {
  const users = await rosterOf('people', [{ username: 'anna' }]);
  const grouped: Roster = {
    ...users,
    async *read() {
      const user = { username: 'anna', groups: ['Sales', 'Åre'], later: { at: 1 } };
      yield [{ line: 1, user, noted: true }];
    },
  };
  const associates = await rosterOf('SuperOffice', [{ username: 'anna', associateId: 1 }]);
  const roster = await joinRosters({ users: grouped, associates }, 'lower-case', now, patience);
  expect(await rowsOf(roster)).toEqual([
    {
      line: 1,
      noted: true,
      user: { username: 'anna', groups: ['Sales', 'Åre'], later: { at: 1 }, associateId: 1 },
    },
  ]);
  await Promise.all([roster.close(), associates.close()]);
});

it('more than memory holds is joined all the same, in one order whatever the order of the sources', async () => {
  const numbers = Array.from({ length: 25_000 }, (_, index) => index);
  const users = numbers.map((index) => ({ username: `U${index}` }));
  const associates = numbers
    .filter((index) => index % 3 > 0)
    .map((index) => ({ username: `u${index}`, associateId: index }));
  const roster = await join('lower-case', users, [...associates, { username: 'x', associateId: 99_999 }]);
  const matched = numbers.filter((index) => index % 3 > 0).length;
  expect(roster.join).toMatchObject({
    matched,
    onlyUsers: { count: 25_000 - matched, names: expect.arrayContaining(['U0']) },
    onlyAssociates: { count: 1, names: ['x (associate 99999)'] },
  });
  expect(roster.join?.onlyUsers.names).toHaveLength(20);
  const rows = await rowsOf(roster);
  for (const row of rows) {
    if (!('user' in row)) throw new Error('A row was turned down.');
    const index = Number(row.user.username.slice(1));
    expect(row.user.associateId).toBe(index % 3 > 0 ? index : undefined);
  }
  const again = await join('lower-case', users.toReversed(), associates.toReversed());
  const names = (some: typeof rows) => some.map((row) => 'user' in row && row.user.username);
  expect(names(await rowsOf(again))).toEqual(names(rows));
  expect(roster.sources).toMatchObject([
    { name: 'people with SuperOffice joined by lower-case', users: matched },
  ]);
  expect(roster.sources?.at(-1)?.fingerprint).toBe(again.sources?.at(-1)?.fingerprint);
  await Promise.all([roster.close(), again.close()]);
});

it('a rule by which nobody matches is told, with a name of each side', async () => {
  const error = await join(
    'lower-case',
    [{ username: 'CORP\\anna' }],
    [{ username: 'anna', associateId: 1 }],
  ).then(
    () => undefined,
    (thrown: OperatorError) => thrown,
  );
  expect(error?.name).toBe('RosterError');
  expect(error?.problem).toContain('"CORP\\\\anna" on one side and "anna (associate 1)" on the other');
  expect(error?.advice).toContain('CARETAKER_ROSTER_JOIN');
});

it('mail addresses that nobody has are told with what to set', async () => {
  const joining = join('mail', [{ username: 'anna' }], [{ username: 'anna', associateId: 1 }]);
  await expect(joining).rejects.toThrow('no user has the mail address of an associate');
});

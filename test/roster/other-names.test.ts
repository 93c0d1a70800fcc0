import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { columns } from '../../src/roster/columns.ts';
import { findColumns } from '../../src/roster/formats/headings.ts';

const page = readFileSync(new URL('../../docs/roster-files.md', import.meta.url), 'utf8');
/** The other names of a column, as the page lists them. */
const listed = columns.flatMap((column) => {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${column}\``));
  return (row?.split('|')[2]?.split(',') ?? []).map((name) => [name.trim(), column] as const);
});

it('the page lists other names for the columns that have some', () => {
  expect(new Set(listed.map(([, column]) => column))).toEqual(
    new Set(['username', 'userStorageName', 'associateId']),
  );
});

it.each(listed)('a column named %s, as the page lists it, is read as %s', (name, column) => {
  for (const title of [
    name,
    name.toUpperCase(),
    ` ${name.replaceAll(' ', '_')}\u00a0`,
    name.normalize('NFD'),
  ])
    expect(findColumns(['other', title])).toEqual({ indexes: { [column]: 1 } });
});

it('a column under its own name makes those under other names ordinary ones', () => {
  expect(findColumns(['login', 'USERNAME ', 'SamAccountName', 'storage', 'department'])).toEqual({
    indexes: { username: 1, userStorageName: 3 },
  });
});

it('two columns under other names are told apart from one that is there twice', () => {
  expect(findColumns(['upn', ' Login']).doubled).toEqual({
    column: 'username',
    titles: ['upn', 'Login'],
    isSame: false,
  });
  expect(findColumns(['Username', 'username', 'login']).doubled).toMatchObject({ isSame: true });
});

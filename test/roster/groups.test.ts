import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { openRoster } from '../../src/roster/roster.ts';
import { groupsOf } from '../../src/roster/sources/directory-groups.ts';
import { readDn } from '../../src/roster/sources/distinguished-name.ts';

async function groupsIn(text: string) {
  const roster = await openRoster('-', Readable.from([Buffer.from(text)]));
  try {
    const rows = (await Array.fromAsync(roster.read(DateTime.now()))).flat();
    return rows.map((row) => ('user' in row ? row.user.groups : row.rejected));
  } finally {
    await roster.close();
  }
}

it('a cell has several groups with a bar between them, and blanks around a name do not count', async () => {
  expect(
    await groupsIn('username;Groups\nanna;Salg | Styret, gamle|\nbo; |\ncarl;\ndora;"Drift\nnatt"\n'),
  ).toEqual([['Salg', 'Styret, gamle'], undefined, undefined, ['Drift\nnatt']]);
});

it('an object has its groups as a list or as a text, and what is none turns its row down', async () => {
  const lines = [['Salg', ' ', 7], 'Salg|Drift', 9, null, {}, [['Salg']], false];
  const text = lines.map((group, index) => `${JSON.stringify({ username: `u${index}`, group })}\n`).join('');
  const refused = 'group is neither a text (several with | between them) nor a list of texts';
  expect(await groupsIn(text)).toEqual([
    ['Salg', '7'],
    ['Salg', 'Drift'],
    ['9'],
    undefined,
    refused,
    refused,
    refused,
  ]);
});

it.each<[string, ReturnType<typeof readDn>]>([
  [
    'CN=Styret,OU=Grupper,DC=x',
    [
      ['cn', 'Styret'],
      ['ou', 'Grupper'],
      ['dc', 'x'],
    ],
  ],
  [
    'cn=Salg\\, Nord+uid=7, ou=a\\=b',
    [
      ['cn', 'Salg, Nord'],
      ['uid', '7'],
      ['ou', 'a=b'],
    ],
  ],
  ['CN=\\C3\\85sa \\28gml\\29', [['cn', 'Åsa (gml)']]],
  ['2.5.4.3=Salg', [['2.5.4.3', 'Salg']]],
  ['Salg', undefined],
  ['Salg, Nord', undefined],
  ['CN=Salg,', undefined],
  ['CN=Salg,Nord', undefined],
  ['', undefined],
])('the DN %j is read as %j', (text, parts) => {
  expect(readDn(text)).toEqual(parts);
});

const entry = {
  dn: 'CN=Anna,OU=Styret,OU=Oslo,DC=x',
  memberof: ['CN=Salg,OU=Grupper,DC=x', 'Drift'],
};
const directory = { groupAttribute: undefined, dnGroups: false, prefix: 'ROSTER_LDAP_' };

it.each([
  ['neither', {}, undefined],
  ['an attribute', { groupAttribute: 'memberOf' }, ['Salg', 'Drift']],
  ['units', { dnGroups: true }, ['Styret', 'Oslo']],
  ['both', { groupAttribute: 'memberOf', dnGroups: true }, ['Salg', 'Drift', 'Styret', 'Oslo']],
  ['an attribute that is not there', { groupAttribute: 'department' }, undefined],
])('the groups of an entry by %s', (_, settings, groups) => {
  expect(groupsOf(entry, { ...directory, ...settings }, 'ldaps://x')).toEqual(groups);
});

it('an entry that has only a part of its groups is an error, because somebody might be missed', () => {
  const inPart = { dn: 'CN=Anna', memberOf: [], 'memberOf;range=0-1499': ['CN=Salg'] };
  const memberOf = { ...directory, groupAttribute: 'memberOf' };
  expect(() => groupsOf(inPart, memberOf, 'ldaps://x')).toThrow(
    'The directory ldaps://x gives only a part of the groups of a user (memberOf in ranges). Set ROSTER_LDAP_GROUP_ATTRIBUTE',
  );
  expect(groupsOf(inPart, directory, 'ldaps://x')).toBeUndefined();
});

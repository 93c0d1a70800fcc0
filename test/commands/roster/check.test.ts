import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRoster } from '../../../src/commands/roster/check.ts';
import { runCaretaker } from '../../support/caretaker.ts';
import { openStreams } from '../streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-check-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = DateTime.fromISO('2026-11-28T12:00:00Z');

/** A roster that was written two days ago. */
function file(bytes: string | Uint8Array): string {
  const path = join(folder, 'users.csv');
  writeFileSync(path, bytes);
  const written = now.minus({ days: 2 }).toSeconds();
  utimesSync(path, written, written);
  return path;
}

async function check(bytes: string | Uint8Array, options: { readonly json?: boolean } = {}) {
  const streams = openStreams(false);
  const code = await checkRoster({ ...streams.context, now: () => now }, file(bytes), options);
  return { code, output: streams.output() };
}

const bad = Buffer.from(
  [
    'Anv\xe4ndarnamn;Storage;Associate ID;Avdelning',
    '\xc5sa;AD;1001,0;X',
    'anna;AD;x;',
    'Anna;AD;;',
    'anna;AD;;',
    'b?rje;;;',
    'cut',
    '',
  ].join('\r\n'),
  'latin1',
);

describe('caretaker roster check', () => {
  it('caretaker roster check shows what it understood, the first users and what is wrong', async () => {
    const { code, output } = await check(bad);
    expect(code).toBe(1);
    const shown = output.split('\n').map((line) => line.replaceAll(/\s{2,}/g, '  '));
    expect(shown[0]).toBe(
      `roster ${join(folder, 'users.csv')}: CSV in Windows-1252, separated by semicolons`,
    );
    for (const line of [
      'written 2 d ago',
      'warn  its bytes are not UTF-8, and were read as Windows-1252 (Western Europe)',
      'username  Användarnamn',
      'not read: Avdelning',
      '2  Åsa  AD  1001',
      '6 rows: 4 users, 2 rejected (duplicates: 1)',
      '1 without userStorageName, 3 without associateId',
      'warn  rejected: 2',
      '  line 7: the row has 1 of 4 values, so it may be cut: give it a semicolon for each empty value',
      '  line 4: like line 3',
      '  line 6: username has a question mark, which PowerShell 5 writes for letters beyond ASCII',
      '  line 3: associateId is not a whole number from 1 to 2147483647: "x"',
    ])
      expect(shown).toContain(line);
  });

  it('caretaker roster check says the same as one JSON document', async () => {
    const { code, output } = await check(bad, { json: true });
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      roster: join(folder, 'users.csv'),
      format: 'CSV',
      encoding: 'windows-1252',
      delimiter: ';',
      columns: { username: 'Användarnamn', userStorageName: 'Storage', associateId: 'Associate ID' },
      otherColumns: ['Avdelning'],
      warning: expect.stringContaining('not UTF-8'),
      writtenAt: '2026-11-26T12:00:00.000Z',
      ageSeconds: 172_800,
      rows: 6,
      users: 4,
      duplicates: 1,
      rejected: { count: 2, lines: [{ line: 5 }, { line: 7 }] },
      lookAlikes: { count: 1, lines: [{ line: 4, looksLike: 3 }] },
      oddNames: { count: 1, lines: [{ line: 6 }] },
      badAssociates: { count: 1, lines: [{ line: 3 }] },
      first: [{ line: 2, username: 'Åsa', userStorageName: 'AD', associateId: 1001 }, {}, {}, {}],
    });
  });

  it('caretaker roster check ends with 0 when every row names a user, and warns of nothing', async () => {
    const { code, output } = await check('username\nanna\nbo\n');
    expect(code).toBe(0);
    expect(output).not.toContain('warn');
    expect(output).toContain('2 rows: 2 users, 0 rejected');
  });

  it('caretaker roster check ends with 1 when nobody is named', async () => {
    expect(await check('username\n')).toMatchObject({ code: 1, output: expect.stringContaining('no user') });
  });

  it('caretaker roster check keeps 20 lines of a kind, and counts all', async () => {
    const rows = (count: number) => `username,x\n${'cut\n'.repeat(count)}`;
    expect((await check(rows(20))).output).not.toContain('more');
    expect((await check(rows(21))).output).toContain('and 1 more');
  });

  it.each([
    ['bo ', 'a blank at its beginning or end'],
    ['b\u200bo', 'an invisible character'],
    ['"b\no"', 'a line break'],
    ['b\u00a0o', 'a blank that does not break'],
    ['a\u030a', 'an accent as a character of its own (NFD)'],
  ])('caretaker roster check names what nobody sees in the name %j', async (name, what) => {
    const { code, output } = await check(`username\n${name}\n`);
    expect(code).toBe(0);
    expect(output).toContain(`line 2: username has ${what}`);
  });

  it('caretaker roster check needs no configuration for a file that is named, and exits 2 when it is no roster', async () => {
    const path = file('[{"username":"anna"}]\n');
    expect(await runCaretaker(['roster', 'check', path], {})).toMatchObject({
      code: 2,
      output: '',
      errors: `caretaker: The roster ${path} is a JSON array. Write each object on a line of its own (jq -c ".[]"), and give the file the ending .ndjson.\n`,
    });
  });
});

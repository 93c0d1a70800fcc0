import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { afterAll, describe, expect, it } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import type { Understood } from '../../src/roster/formats/understood.ts';
import { openRoster, type RosterRow } from '../../src/roster/roster.ts';

const folder = mkdtempSync(join(tmpdir(), 'exports-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Long after any file here was written. */
const later = DateTime.now().plus({ days: 1 });

interface Read {
  readonly understood: Understood | undefined;
  readonly rows: readonly RosterRow[];
}

async function read(bytes: Uint8Array | string, name = 'users.csv'): Promise<Read> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const roster = await openRoster(path, Readable.from([]));
  try {
    const rows = (await Array.fromAsync(roster.read(later))).flat();
    return { understood: await roster.understand?.(), rows };
  } finally {
    await roster.close();
  }
}

const mark = '\uFEFF';
const utf16le = (text: string) => Buffer.from(mark + text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
/** Windows-1252, for texts that have nothing of 80 to 9F. */
const windows1252 = (text: string) => Buffer.from(text, 'latin1');
const lines = (...texts: readonly string[]) => texts.map((text) => `${text}\r\n`).join('');

interface Export {
  readonly bytes: Uint8Array | string;
  readonly understood: Partial<Understood>;
  /** By line. */
  readonly users: Readonly<Record<number, User>>;
  readonly rejected?: Readonly<Record<number, RegExp>>;
  /** Line, and the line that it looks like. */
  readonly alike?: Readonly<Record<number, number>>;
}

const åsa = { username: 'åsa.öberg', userStorageName: 'AD', associateId: 1001 };
const bo = { username: 'bo', userStorageName: 'AD' };

const exports: Readonly<Record<string, Export>> = {
  'Excel with Nordic settings, as "CSV (semicolon delimited)"': {
    bytes: windows1252(
      lines(
        'Användarnamn;Storage;Associate ID;Avdelning',
        'åsa.öberg;AD;1001,0;Sälj',
        'bo;AD;;',
        ';;;',
        ';;;',
      ),
    ),
    understood: {
      encoding: 'windows-1252',
      delimiter: ';',
      columns: { username: 'Användarnamn', userStorageName: 'Storage', associateId: 'Associate ID' },
      otherColumns: ['Avdelning'],
    },
    users: { 2: åsa, 3: bo },
  },
  'Excel with Nordic settings, as "CSV UTF-8"': {
    bytes: mark + lines('Brukernavn;UserStorageName;AssociateId', 'åsa.öberg;AD;1001', 'bo;AD;'),
    understood: { encoding: 'utf-8', delimiter: ';' },
    users: { 2: åsa, 3: bo },
  },
  'Excel, as "Unicode Text"': {
    bytes: utf16le(
      lines(' User Name \tUser Storage Name\tAssociateId\tName', 'åsa.öberg\tAD\t1001\t"Öberg, ""Åsa"""'),
    ),
    understood: { encoding: 'utf-16le', delimiter: '\t', otherColumns: ['Name'] },
    users: { 2: åsa },
  },
  'a program that tells Excel the delimiter': {
    bytes: lines('sep=;', 'Login;Storage', 'bo;AD'),
    understood: {
      encoding: 'utf-8',
      delimiter: ';',
      columns: { username: 'Login', userStorageName: 'Storage' },
    },
    users: { 3: bo },
  },
  'Export-Csv of PowerShell 5': {
    bytes: lines(
      '#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser',
      '"SamAccountName","Enabled","storage"',
      '"bo","True","AD"',
      '"b?rje","True","AD"',
    ),
    understood: { encoding: 'utf-8', delimiter: ',' },
    users: { 3: bo, 4: { username: 'b?rje', userStorageName: 'AD' } },
  },
  'Export-Csv of PowerShell 5 with -Delimiter and -Encoding Unicode': {
    bytes: utf16le(
      lines('#TYPE System.Object', '"SamAccountName";"Storage";"AssociateId"', '"åsa.öberg";"AD";"1001"'),
    ),
    understood: { encoding: 'utf-16le', delimiter: ';' },
    users: { 3: åsa },
  },
  'Export-Csv of PowerShell 7': {
    bytes: '"UserPrincipalName","Enabled"\n"åsa@example.com","True"\n"bo@example.com","False"\n',
    understood: { encoding: 'utf-8', delimiter: ',', columns: { username: 'UserPrincipalName' } },
    users: { 2: { username: 'åsa@example.com' }, 3: { username: 'bo@example.com' } },
  },
  'LibreOffice, with line breaks in cells': {
    bytes: 'username,Remark,userStorageName\nbo,"first\n\nsecond, ""third""",AD\nclara,,AD\n,,\n,,\n',
    understood: { encoding: 'utf-8', delimiter: ',' },
    users: { 2: bo, 5: { username: 'clara', userStorageName: 'AD' } },
  },
  'csvde, which writes hexadecimal beyond ASCII': {
    bytes: lines('DN,objectClass,sAMAccountName', '"CN=Bo,DC=example",user,bo', `"X'c3',DC=x",user,X'c3a5'`),
    understood: { encoding: 'utf-8', delimiter: ',', otherColumns: ['DN', 'objectClass'] },
    users: { 2: { username: 'bo' } },
    rejected: { 3: /export with csvde -u/ },
  },
  'a program that writes UTF-16 BE': {
    bytes: utf16be(lines('Käyttäjätunnus;Storage;AssociateId', 'åsa.öberg;AD;1001')),
    understood: { encoding: 'utf-16be', delimiter: ';' },
    users: { 2: åsa },
  },
  'a web page, with blanks that do not break and names in other case': {
    bytes: lines('Login\u00a0,\u00a0Storage', '\u00a0bo\u00a0,\u00a0AD', 'Bo,AD', 'bo,AD'),
    understood: { encoding: 'utf-8', columns: { username: 'Login', userStorageName: 'Storage' } },
    users: { 2: bo, 3: { username: 'Bo', userStorageName: 'AD' } },
    rejected: { 4: /^duplicate/ },
    alike: { 3: 2 },
  },
  'a Mac, which takes letters apart (NFD)': {
    bytes: `${'Användarnamn'.normalize('NFD')};Storage\n${'å'.normalize('NFD')};AD\nå;AD\n`,
    understood: { encoding: 'utf-8', delimiter: ';' },
    users: {
      2: { username: 'a\u030a', userStorageName: 'AD' },
      3: { username: '\u00e5', userStorageName: 'AD' },
    },
    alike: { 3: 2 },
  },
  'a program of the DOS console (code page 850)': {
    bytes: Buffer.from(lines('username;userStorageName', '\x86sa;AD', 'b\x94rje;AD', 'bo;AD'), 'latin1'),
    understood: { encoding: 'utf-8', delimiter: ';' },
    users: { 4: bo },
    rejected: { 2: /save the roster as UTF-8/, 3: /save the roster as UTF-8/ },
  },
};

const byLine = (rows: readonly RosterRow[]) => ({
  users: Object.fromEntries(rows.flatMap((row) => ('user' in row ? [[row.line, row.user]] : []))),
  rejected: Object.fromEntries(rows.flatMap((row) => ('rejected' in row ? [[row.line, row.rejected]] : []))),
  alike: Object.fromEntries(
    rows.flatMap((row) => ('looksLike' in row && row.looksLike ? [[row.line, row.looksLike]] : [])),
  ),
});

describe('a roster that other programs wrote', () => {
  it.each(Object.entries(exports))('a roster is read as it was meant that comes from %s', async (_, file) => {
    const { understood, rows } = await read(file.bytes);
    expect(understood).toMatchObject({ format: 'CSV', ...file.understood });
    const { users, rejected, alike } = byLine(rows);
    expect(users).toEqual(file.users);
    const reasons = Object.entries(file.rejected ?? {}).map(([line, reason]) => [
      line,
      expect.stringMatching(reason),
    ]);
    expect(rejected).toEqual(Object.fromEntries(reasons));
    expect(alike).toEqual(file.alike ?? {});
  });

  it.each<[string, Uint8Array | string, RegExp]>([
    [
      'PowerShell with two names of each user',
      lines('"SamAccountName","UserPrincipalName"', '"bo","bo@example.com"'),
      /has 2 columns that may be username: "SamAccountName", "UserPrincipalName"\. Name the right one username/,
    ],
    [
      'ldifde',
      lines('dn: CN=Bo,DC=example', 'sAMAccountName: bo'),
      /is LDIF\. Export CSV instead: with csvde -u/,
    ],
    [
      'Excel as a workbook',
      Buffer.from('PK\x03\x04\x14\x00\x06', 'latin1'),
      /workbook\. Save it as "CSV UTF-8"/,
    ],
    [
      'an older Excel as a workbook',
      Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
      /workbook\. Save it as "CSV UTF-8"/,
    ],
    [
      'Excel as "CSV (Macintosh)"',
      'username;Storage\rbo;AD\r',
      /carriage returns only\. Save it as "CSV UTF-8"/,
    ],
    ['a portal as a page', '<!doctype html>\n<table>', /is HTML or XML\. Export it as CSV/],
    ['a program as a JSON array', '[{"username":"bo"}]\n', /is a JSON array\. Write each object on a line/],
    ['a program as UTF-16 without a mark', Buffer.from('username\n', 'utf16le'), /Save it as UTF-8/],
    ['a program with bars', 'username|storage\n', /Begin it with username,/],
    ['Excel with bars', 'sep=|\nusername|storage\n', /line 1 is "sep=\|"\. Begin it with username,/],
    ['Excel with nothing in the sheet', 'sep=;\r\n;;\r\n', /does not begin with its column names/],
    ['PowerShell 5 without a user', '#TYPE System.Object\r\n', /is empty\. Begin it with the column names/],
  ])('a roster is refused in words that say what to do that comes from %s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  it('a roster with thousands of columns is described in few words', async () => {
    const titles = Array.from({ length: 5000 }, (_, index) => `column ${index}`);
    const { understood } = await read(`username,${'x'.repeat(1000)},${titles.join(',')}\n`);
    expect(understood?.otherColumns).toHaveLength(80);
    expect(understood?.otherColumns?.[0]).toBe('x'.repeat(80));
    await expect(read(`${'login,'.repeat(5000)}\n`)).rejects.toThrow(
      /has 5000 columns that may be username: "login", "login", "login"\. Name/,
    );
  });

  it('a roster in NDJSON is read in any encoding and by other names, and refused by the row where two fit', async () => {
    const text = lines(
      '{"SamAccountName":"åsa.öberg","Storage":"AD","AssociateId":1001}',
      '{"SamAccountName":"bo","UserPrincipalName":"bo@example.com"}',
      '{"login":"x","userName":"bo","Storage":"AD"}',
    );
    for (const bytes of [text, utf16le(text), utf16be(text), windows1252(text)]) {
      for (const name of ['users.ndjson', 'users']) {
        const { understood, rows } = await read(bytes, name);
        expect(understood?.format).toBe('NDJSON');
        expect(byLine(rows)).toMatchObject({
          users: { 1: åsa, 3: bo },
          rejected: {
            2: 'SamAccountName and UserPrincipalName may each be username: name the right one username',
          },
        });
      }
    }
  });
});

describe('the encoding of a roster', () => {
  const wide = (text: string) => Buffer.from(text, 'latin1');
  const ascii = 'username\n';
  const parts = 256 * 1024;

  it.each([
    ['nothing beyond ASCII', ascii, 'utf-8'],
    ['one character of UTF-8 among bytes that are none', `${ascii}\xe5\n\xe5\n\xc3\xa5\n`, 'utf-8'],
    ['a letter of Windows-1252', `${ascii}b\xf6\n`, 'windows-1252'],
    ['a letter of Windows-1252 as its last byte', `${ascii}b\xf6`, 'windows-1252'],
    ['a letter and a sign of Windows-1252', `${ascii}b\xf6\x92\n`, 'utf-8'],
    ['two letters and a sign of Windows-1252', `${ascii}b\xf6\xf6\x92\n`, 'windows-1252'],
    ['bytes that UTF-8 takes for too long', `${ascii}\xe0\x80\xc0\xc0\n`, 'windows-1252'],
    ['half a pair of UTF-16 in UTF-8', `${ascii}\xed\xa0\xed\xed\n`, 'windows-1252'],
    ['a beginning, and then a character of UTF-8', `${ascii}\xe1\x80\xc3\xa5\n`, 'utf-8'],
    ['a sign only', `${ascii}o\x92neil\n`, 'utf-8'],
    ['letters, and a byte that Windows-1252 leaves out', `${ascii}\xe5\xe5\xe5\x81\n`, 'utf-8'],
    ['letters, and blanks that do not break', `${ascii}b\xf6\xa0\xa0\xa0\n`, 'windows-1252'],
    ['letters where the Macintosh has them', `${ascii}\x8csa \x9aberg\n`, 'utf-8'],
    ['a character of UTF-8 across two parts', `${ascii.padEnd(parts - 1, 'x')}\xc3\xa5\n`, 'utf-8'],
    [
      'letters of Windows-1252 in two parts',
      `${ascii.padEnd(parts - 1, 'x')}\xe5x${'x'.repeat(parts)}\xe5`,
      'windows-1252',
    ],
    ['four bytes of UTF-8 across two parts', `${ascii.padEnd(parts - 3, 'x')}\xf0\x9f\x98\x80\n`, 'utf-8'],
  ])('a roster with %s is read as what it must be', async (_, bytes, encoding) => {
    expect((await read(wide(bytes))).understood?.encoding).toBe(encoding);
  });

  it('a roster with any character of UTF-8 among letters of Windows-1252 is read as UTF-8', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), async (text) => {
        const bytes = Buffer.concat([wide(`${ascii}\xe5\n\xe5\xe5\n`), Buffer.from(text)]);
        const isAscii = Buffer.byteLength(text) === text.length;
        expect((await read(bytes)).understood?.encoding).toBe(isAscii ? 'windows-1252' : 'utf-8');
      }),
    );
  });

  it('a roster in Windows-1252 has its signs, too', async () => {
    const { rows } = await read(wide('username\nåsa\nbjörn\x92s\n'));
    expect(byLine(rows).users[3]).toEqual({ username: 'björn’s' });
  });

  it('a roster has the same rows, lines and reasons in any encoding and with any delimiter', async () => {
    const name = fc.string({ unit: fc.constantFrom(...'abÅöé" \n'), maxLength: 8 });
    const value = fc.tuple(name, name, fc.constantFrom('', '7', '8', 'x'));
    const cut = fc.constant(['cut']);
    const files = fc.array(fc.oneof({ weight: 9, arbitrary: value }, cut), { maxLength: 60 });
    const write = (rows: readonly (readonly string[])[], delimiter: string) =>
      [['username', 'storage', 'associateId'], ...rows]
        .map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(delimiter)}\r\n`)
        .join('');
    await fc.assert(
      fc.asyncProperty(files, async (rows) => {
        const letters = [...rows, ['ÅÅÅ', '', '']];
        const expected = (await read(write(letters, ','))).rows;
        for (const encode of [utf16le, utf16be, windows1252]) {
          for (const [delimiter, word] of [
            [',', 'comma'],
            [';', 'semicolon'],
            ['\t', 'tab'],
          ] as const) {
            const found = (await read(encode(write(letters, delimiter)))).rows;
            expect(JSON.stringify(found).replaceAll(`a ${word} for`, 'a comma for')).toBe(
              JSON.stringify(expected),
            );
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});

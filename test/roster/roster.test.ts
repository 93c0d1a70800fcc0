import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import { RosterError } from '../../src/roster/errors.ts';
import { maxRowLength } from '../../src/roster/formats/lines.ts';
import { openRoster, type RosterRow } from '../../src/roster/roster.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'username,userStorageName,associateId\n';

/** Long after any file here was written. */
const later = DateTime.now().plus({ days: 1 });

async function read(path: string, input = '', now: DateTime = later): Promise<RosterRow[]> {
  const roster = await openRoster(path, Readable.from([Buffer.from(input)]));
  try {
    return (await Array.fromAsync(roster.read(now))).flat();
  } finally {
    await roster.close();
  }
}

/** Reads a file that was written so many seconds ago. */
function readText(text: string | Buffer, name = 'users.csv', age = 86_400): Promise<RosterRow[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return read(path, '', DateTime.fromMillis(statSync(path).mtimeMs + age * 1000));
}

function usersOf(rows: readonly RosterRow[]): User[] {
  return rows.flatMap((row) => ('user' in row ? [row.user] : []));
}

function rejectedOf(rows: readonly RosterRow[]): [line: number, reason: string][] {
  return rows.flatMap((row) => ('rejected' in row ? [[row.line, row.rejected]] : []));
}

const anyText = fc.string({
  unit: fc.constantFrom(...'ab"\',;\n\r åÖ😀&#%+\\{}'),
  minLength: 1,
  maxLength: 12,
});
const anyUser = fc.record(
  {
    username: anyText.filter((text) => text.trim() !== ''),
    userStorageName: anyText.filter((text) => text.trim() !== ''),
    associateId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  },
  { requiredKeys: ['username'] },
);
const anyUsers = fc.uniqueArray(anyUser, {
  selector: (user) => JSON.stringify([user.userStorageName, user.username]),
  maxLength: 40,
});

function quoted(value: string | number | undefined): string {
  return value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`;
}

describe('a CSV roster', () => {
  it('a CSV roster gives back the users it was written from, whatever their names hold', async () => {
    const names = ['username', 'userStorageName', 'associateId', 'department'] as const;
    const layout = fc.record({
      users: anyUsers,
      order: fc.shuffledSubarray([...names], { minLength: 4, maxLength: 4 }),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\uFEFF'),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ users, order, lineEnd, mark }) => {
        const rows = users.map((user) =>
          order.map((name) => (name === 'department' ? 'x' : quoted(user[name]))).join(','),
        );
        const text = mark + [order.join(','), ...rows].join(lineEnd) + lineEnd;
        expect(usersOf(await readText(text))).toEqual(users);
      }),
      { numRuns: 100 },
    );
  });

  it('a CSV roster takes any column order, any case and spaces in the header, and leaves other columns out', async () => {
    const rows = await readText('Department, ASSOCIATEID ,UserName\nSales,919,anna\n');
    expect(rows).toEqual([{ line: 2, user: { username: 'anna', associateId: 919 } }]);
  });

  it('a CSV roster needs no column but username', async () => {
    expect(usersOf(await readText('username\nanna\nbo'))).toEqual([{ username: 'anna' }, { username: 'bo' }]);
  });

  it('a CSV roster rejects a row that is shorter than its header, wherever it stands, because it may be cut', async () => {
    const rows = await readText(`${header}anna\nbo,AD\nclara,AD,3\ndan,,\neva,AD,\ntab?q`);
    expect(rejectedOf(rows)).toEqual([
      [2, 'the row has 1 of 3 values, so it may be cut: give it a comma for each empty value'],
      [3, expect.stringContaining('2 of 3 values')],
      [7, expect.stringContaining('1 of 3 values')],
    ]);
    expect(usersOf(rows).map(({ username }) => username)).toEqual(['clara', 'dan', 'eva']);
  });

  it('a CSV roster has no column for a comma that a spreadsheet left behind its header', async () => {
    const rows = await readText('username,userStorageName,,\nanna,AD\nbo,AD,,\nclara\n');
    expect(usersOf(rows)).toHaveLength(2);
    expect(rejectedOf(rows)).toEqual([[4, expect.stringContaining('1 of 2 values')]]);
  });

  it.each([
    ['username', 'user1'],
    ['username,userStorageName,associateId', 'user8,AD,10'],
    ['associateId,userStorageName,username', '10,"AD",user'],
  ])(
    'a CSV roster with the header %s rejects a last row without a line end while the file is younger than a minute',
    async (names, last) => {
      const other = names === 'username' ? 'anna' : names.startsWith('user') ? 'anna,AD,1' : '1,AD,anna';
      const text = `${names}\n${other}\n${last}`;
      for (const age of [-3600, 0, 59.9]) {
        const young = await readText(text, 'users.csv', age);
        expect(rejectedOf(young)).toEqual([[3, expect.stringContaining('written less than a minute ago')]]);
        expect(usersOf(young)).toHaveLength(1);
      }
      for (const [whole, age] of [
        [text, 60],
        [`${text}\n`, 0],
        [`${text}\r\n`, 0],
        [`${text}\r`, 0],
      ] as const) {
        const rows = await readText(whole, 'users.csv', age);
        expect(rejectedOf(rows)).toEqual([]);
        expect(usersOf(rows)).toHaveLength(2);
      }
    },
  );

  it('a CSV roster from standard input or a pipe rejects a last row without a line end: it has no age', async () => {
    const rows = await read('-', `${header}anna,AD,1\nuser8,AD,10`);
    expect(rejectedOf(rows)).toEqual([[3, expect.stringContaining('the input ends without a line end')]]);
    expect(usersOf(rows)).toHaveLength(1);
  });

  it.each(['', ',,', ' , ,\t', '"","",""', '" ",,', ',', ',,,,,'])(
    'a CSV roster takes a row of blanks only (%j) for none',
    async (blank) => {
      const rows = await readText(`${header}${blank}\nanna,AD,1\n${blank}\n${blank}\nbo,AD,2\n${blank}`);
      expect(rows.map(({ line }) => line)).toEqual([3, 6]);
      expect(rejectedOf(rows)).toEqual([]);
    },
  );

  it('a CSV roster of a million rows of blanks has no row', async () => {
    expect(await readText(header + ',,\n'.repeat(1_000_000))).toEqual([]);
  });

  it('a CSV roster names the line where a row begins, also below fields of several lines and blank lines', async () => {
    const rows = await readText(`${header}"an\nna\r\n",AD,1\r\n\r\n  \n,AD,2\n"b\no",AD\nclara,AD,3\n`);
    expect(rows.map((row) => row.line)).toEqual([2, 7, 8, 10]);
    expect(rejectedOf(rows).map(([line]) => line)).toEqual([7, 8]);
    expect(usersOf(rows)[0]?.username).toBe('an\nna\r\n');
  });

  it('a CSV roster reports 5 bad rows among 1,000 with their lines and gives the other 995', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => `user${index},AD,${index + 1}`);
    const bad = {
      100: ',AD,7',
      200: 'user200,AD',
      300: 'user299,AD,300',
      400: 'user"400,AD,401',
      500: 'user500,AD,501,x',
    };
    const read = await readText(header + Object.values({ ...rows, ...bad }).join('\n'));
    expect(usersOf(read)).toHaveLength(995);
    expect(rejectedOf(read)).toEqual([
      [102, 'username is missing'],
      [202, expect.stringContaining('2 of 3 values')],
      [302, 'duplicate: an earlier row has the same username and userStorageName'],
      [402, expect.stringContaining('a quote is inside an unquoted field')],
      [502, expect.stringContaining('4 values for 3 columns')],
    ]);
  });

  it.each([
    '1.5',
    '-1',
    '0',
    '0.0',
    '1e3',
    '0x10',
    '1001.',
    '1001.01',
    '1.001.0',
    '2147483648',
    '9'.repeat(40),
    'NaN',
  ])(
    'a CSV roster takes a user with the associateId %s without an associate, and says why',
    async (associateId) => {
      const user = { username: 'anna', userStorageName: 'AD' };
      const associateProblem = `associateId is not a whole number from 1 to 2147483647: "${associateId}"`;
      expect(await readText(`${header}anna,AD,${associateId}\n`)).toEqual([
        { line: 2, user, associateProblem },
      ]);
    },
  );

  it.each(['1001', '1001.0', '1001.000', ' 1001 ', '01001'])(
    'a CSV roster reads the associateId %j as 1001',
    async (associateId) => {
      const user = { username: 'anna', userStorageName: 'AD', associateId: 1001 };
      expect(await readText(`${header}anna,AD,${associateId}\n`)).toEqual([{ line: 2, user }]);
    },
  );

  it.each([
    ['that is never closed', '"anna,AD,1\nbo,AD,2\nclara,AD,3\n', [2]],
    ['that is closed far below', `"anna,AD,1\n${'bo,AD,\n'.repeat(12_000)}"clara",AD,3\n`, [2]],
    ['in the middle of a field', 'o"neil,AD,1\nbo,AD,2\n"clara",AD,3\n', [2]],
    ['followed by text', '"anna"x,AD,1\nbo,AD,2\n"clara",AD,3\n', [2]],
    ['of another row', '"anna,AD,1\n"bo,AD,2\n"clara",AD,3\n', [2, 3]],
  ])('a roster row with a quote %s rejects only itself', async (_, text, lines) => {
    const rows = await readText(header + text);
    const broken = rejectedOf(rows).filter(([, reason]) => reason.includes('quote'));
    expect(broken.map(([line]) => line)).toEqual(lines);
    expect(usersOf(rows).at(-1)).toMatchObject({ username: 'clara' });
  });

  it('a CSV roster rejects a row with more values than columns, because they may stand under the wrong ones', async () => {
    const rows = await readText(`${header}Öberg, Åsa,AD,1\nbo,AD,2,,\n`);
    expect(rejectedOf(rows)).toEqual([[2, expect.stringContaining('4 values for 3 columns')]]);
    expect(usersOf(rows)).toEqual([{ username: 'bo', userStorageName: 'AD', associateId: 2 }]);
  });

  it('a CSV roster calls only the same name in the same storage a duplicate', async () => {
    const rows = await readText(`${header}anna,AD,\nanna,,\nAnna,AD,\nanna,LDAP,\nanna,AD,5\n`);
    expect(rejectedOf(rows)).toEqual([
      [6, 'duplicate: an earlier row has the same username and userStorageName'],
    ]);
  });

  it('a roster names users that differ only in what people do not see, and keeps them all', async () => {
    const names = [
      '\u00e5sa',
      'a\u030asa',
      '\u00c5SA',
      ' \u00e5sa ',
      '\u00e5s\u200ba',
      '\u00e5\u00adsa',
      'asa',
      '\u00e5s a',
    ];
    const csv = await readText(`username\n${names.map((name) => `"${name}"`).join('\n')}\n`);
    const ndjson = await readText(
      names.map((username) => `${JSON.stringify({ username })}\n`).join(''),
      'users.ndjson',
    );
    for (const [rows, first] of [
      [csv, 2],
      [ndjson, 1],
    ] as const) {
      expect(usersOf(rows).map(({ username }) => username)).toEqual(names);
      expect(rows.map((row) => ('looksLike' in row ? row.looksLike : undefined))).toEqual([
        undefined,
        ...Array.from({ length: 5 }, () => first),
        undefined,
        undefined,
      ]);
    }
  });

  it('a roster tells look-alikes apart by their storage, whatever its case', async () => {
    const rows = await readText(`${header}anna,AD,\nAnna,LDAP,\nAnna,ad,\nanna,,\n`);
    expect(rows.map((row) => ('looksLike' in row ? row.looksLike : undefined))).toEqual([
      undefined,
      undefined,
      2,
      undefined,
    ]);
  });

  it('a CSV roster rejects a name that is not UTF-8 where another is', async () => {
    const rows = await readText(Buffer.from(`${header}\xe5sa,AD,1\nb\xc3\xb6,AD,2\n`, 'latin1'));
    expect(rejectedOf(rows)).toEqual([[2, expect.stringContaining('save the roster as UTF-8')]]);
  });

  it('a CSV roster rejects a row without an end and keeps the numbers right', async () => {
    const rows = await readText(`${header}${'a'.repeat(maxRowLength * 5)}\nbo,AD,2\n,AD,\n`);
    expect(rejectedOf(rows)).toEqual([
      [2, `the row is longer than ${maxRowLength} characters`],
      [4, 'username is missing'],
    ]);
    expect(usersOf(rows)).toHaveLength(1);
  });

  it('a CSV roster rejects names that are longer than any', async () => {
    const long = 'n'.repeat(257);
    const rows = await readText(`${header}${long},AD,1\nbo,${long},2\n${long.slice(1)},${long.slice(1)},3\n`);
    expect(rejectedOf(rows)).toEqual([
      [2, 'username is longer than 256 characters'],
      [3, 'userStorageName is longer than 256 characters'],
    ]);
    expect(usersOf(rows)).toHaveLength(1);
  });

  it('a CSV roster that is a header alone is a roster of nobody', async () => {
    expect(await readText(header)).toEqual([]);
  });

  it.each([
    [
      'is missing',
      'anna,AD,919\n',
      /begin with its column names: line 1 is "anna,AD,919"\. Begin it with username,/,
    ],
    ['is missing because the file is empty', '', /is empty/],
    ['is missing because the file holds blank lines only', '\n\r\n', /is empty/],
    ['has bars', 'username|userStorageName\nanna|AD\n', /Begin it with username,/],
    ['has a column twice', 'username,Username\nanna,bo\n', /two columns named username\. Keep one/],
    ['is UTF-16 without a mark', Buffer.from('username\nanna\n', 'utf16le'), /Save it as UTF-8/],
    ['is no text', Buffer.alloc(300_000, 7), /begin with its column names/],
  ])('a CSV roster says what to do when its header %s', async (_, text, message) => {
    await expect(readText(text)).rejects.toThrow(message);
  });
});

describe('an NDJSON roster', () => {
  it('an NDJSON roster gives back the users it was written from, whatever their names hold', async () => {
    await fc.assert(
      fc.asyncProperty(anyUsers, async (users) => {
        const text = users.map((user) => `${JSON.stringify({ ...user, department: 'x' })}\n`).join('\n');
        expect(usersOf(await readText(text, 'users.ndjson'))).toEqual(users);
      }),
      { numRuns: 50 },
    );
  });

  it('an NDJSON roster reports each bad line and reads on', async () => {
    const lines = ['{"username":"anna"}', '{"username":', '[1]', '{"username":7}', '{"associateId":1}'];
    const more = [
      '{"username":"bo","associateId":"1001.0"}',
      '{"username":"anna"}',
      '{"username":"c","Username":"d"}',
    ];
    const rows = await readText(
      [...lines, ...more, '{"username":"e","associateId":null}'].join('\n'),
      'users.jsonl',
    );
    expect(usersOf(rows)).toEqual([
      { username: 'anna' },
      { username: 'bo', associateId: 1001 },
      { username: 'e' },
    ]);
    expect(rejectedOf(rows)).toEqual([
      [2, 'the line is not a complete JSON object'],
      [3, 'the line is not a complete JSON object'],
      [4, 'username is not text'],
      [5, 'username is missing'],
      [7, 'duplicate: an earlier row has the same username and userStorageName'],
      [8, 'username appears twice'],
    ]);
  });

  it('an NDJSON roster takes objects of blanks only for none, and a bad associate costs the audit only', async () => {
    const blank = ['{}', '{"username":"","associateId":null}', '{"department":" "}'];
    const lines = [...blank, '{"username":"anna","associateId":1.5}', '{"username":"bo","associateId":true}'];
    const rows = await readText(lines.join('\n'), 'users.ndjson', 0);
    const problem = 'associateId is not a whole number from 1 to 2147483647:';
    expect(rows).toEqual([
      { line: 4, user: { username: 'anna' }, associateProblem: `${problem} "1.5"` },
      { line: 5, user: { username: 'bo' }, associateProblem: `${problem} "true"` },
    ]);
  });

  it('an NDJSON roster takes a whole last object without a line end at any age, and rejects one that is cut', async () => {
    const text = '{"username":"anna"}\n{"username":"user19"}';
    expect(usersOf(await readText(text, 'users.ndjson', 0))).toHaveLength(2);
    expect(usersOf(await read('-', text))).toHaveLength(2);
    const cut = await readText(text.slice(0, -3), 'users.ndjson');
    expect(rejectedOf(cut)).toEqual([[2, 'the line is not a complete JSON object']]);
  });

  it('an NDJSON roster says what to do when it is no NDJSON at all', async () => {
    await expect(readText(header, 'users.ndjson')).rejects.toThrow(
      /line 1 is not a JSON object\. Write each line/,
    );
  });
});

describe('a roster that cannot be read', () => {
  it('a roster that cannot be read ends a command with exit code 2, and says what is wrong and what to do apart', async () => {
    const error = await read(join(folder, 'none.csv')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RosterError);
    expect(error).toMatchObject({
      name: 'RosterError',
      exitCode: 2,
      problem: `The roster ${join(folder, 'none.csv')} cannot be read: no such file or directory (ENOENT).`,
      advice: 'Check the path.',
    });
  });
});

describe('a roster from elsewhere', () => {
  it.each([
    ['CSV', `${header}anna,AD,1\n`],
    ['NDJSON', '\uFEFF\n {"username":"anna","userStorageName":"AD","associateId":1}\n'],
  ])('a roster is known as %s by its first character', async (_, text) => {
    const expected = [{ username: 'anna', userStorageName: 'AD', associateId: 1 }];
    expect(usersOf(await read('-', text))).toEqual(expected);
    expect(usersOf(await readText(text, 'users.txt'))).toEqual(expected);
  });

  it('a roster can be read twice, and by two at once, though it came over standard input', async () => {
    const input = header + Array.from({ length: 20_000 }, (_, index) => `user${index},AD,\n`).join('');
    const roster = await openRoster('-', Readable.from([Buffer.from(input)]));
    const readAll = async () => (await Array.fromAsync(roster.read(later))).flat();
    const [one, two] = await Promise.all([readAll(), readAll()]);
    expect(one).toHaveLength(20_000);
    expect(two).toEqual(one);
    expect(await readAll()).toEqual(one);
    await roster.close();
  });

  it('a roster keeps duplicates when it is told to, because an earlier reading found none', async () => {
    const path = join(folder, 'twice.csv');
    writeFileSync(path, `${header}anna,AD,\nbo,AD,\nanna,AD,\n`);
    const roster = await openRoster(path, Readable.from([]));
    const names = async (duplicates: 'reject' | 'keep') =>
      usersOf((await Array.fromAsync(roster.read(later, duplicates))).flat()).map(({ username }) => username);
    expect(await names('reject')).toEqual(['anna', 'bo']);
    expect(await names('keep')).toEqual(['anna', 'bo', 'anna']);
    await roster.close();
  });

  it('a roster from standard input leaves no file behind, even while it is open', async () => {
    const own = mkdtempSync(join(folder, 'tmp-'));
    vi.stubEnv('TMPDIR', own);
    onTestFinished(() => void vi.unstubAllEnvs());
    const roster = await openRoster('-', Readable.from([Buffer.from(header)]));
    expect(readdirSync(own)).toEqual([]);
    await roster.close();
  });

  it('the reading of a roster can be left in the middle', async () => {
    const path = join(folder, 'long.csv');
    writeFileSync(path, header + Array.from({ length: 50_000 }, (_, index) => `user${index},AD,\n`).join(''));
    const roster = await openRoster(path, Readable.from([]));
    for await (const rows of roster.read(later)) {
      expect(rows[0]?.line).toBe(2);
      break;
    }
    expect((await Array.fromAsync(roster.read(later))).flat()).toHaveLength(50_000);
    await roster.close();
  });

  it('a roster may come through a named pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('/usr/bin/env', ['mkfifo', path]);
    const reading = read(path);
    await writeFile(path, `${header}anna,AD,1\n`);
    expect(usersOf(await reading)).toHaveLength(1);
  });

  it('a roster says what to do when it does not exist, is a folder or may not be read', async () => {
    const closed = join(folder, 'closed.csv');
    writeFileSync(closed, header);
    chmodSync(closed, 0);
    mkdirSync(join(folder, 'sub'), { recursive: true });
    await expect(read(join(folder, 'none.csv'))).rejects.toThrow(
      /none\.csv cannot be read: no such file or directory \(ENOENT\)\. Check the path/,
    );
    await expect(read(join(folder, 'sub'))).rejects.toThrow(
      /is a directory \(EISDIR\)\. Name a CSV or NDJSON file/,
    );
    // Root may read everything, so there the file is simply an empty roster.
    const attempt = read(closed);
    if (process.getuid?.() === 0) expect(await attempt).toEqual([]);
    else await expect(attempt).rejects.toThrow(/permission denied \(EACCES\)\. Check its permissions/);
  });
});

describe('who still works here', () => {
  it.each([
    ['TRUE', true],
    ['yes', true],
    ['1', true],
    ['false', false],
    ['No', false],
    [' 0 ', false],
    ['', undefined],
    ['  ', undefined],
  ])('the word %j in the column active means %s', async (word, active) => {
    const user = { username: 'anna', ...(active === undefined ? {} : { active }) };
    expect(usersOf(await readText(`Active,username\n${word},anna\n`))).toEqual([user]);
    const line = JSON.stringify({ username: 'anna', ACTIVE: word });
    expect(usersOf(await readText(`${line}\n`, 'users.ndjson'))).toEqual([user]);
  });

  it('true and false of JSON are read, and null says nothing', async () => {
    const lines = [true, false, null].map((active, index) =>
      JSON.stringify({ username: `u${index}`, active }),
    );
    expect(usersOf(await readText(lines.join('\n'), 'users.ndjson')).map(({ active }) => active)).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it('a word that is not understood turns its row down, because its user may have left', async () => {
    expect(rejectedOf(await readText('username,active\nanna,nej\nbo,true\n'))).toEqual([
      [2, 'active is neither true nor false: "nej"'],
    ]);
  });
});

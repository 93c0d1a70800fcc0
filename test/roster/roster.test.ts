import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import { RosterError } from '../../src/roster/errors.ts';
import { maxRowLength } from '../../src/roster/lines.ts';
import { openRoster, type RosterRow } from '../../src/roster/roster.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'username,userStorageName,associateId\n';

async function read(path: string, input = ''): Promise<RosterRow[]> {
  const roster = await openRoster(path, Readable.from([Buffer.from(input)]));
  try {
    return (await Array.fromAsync(roster.read())).flat();
  } finally {
    await roster.close();
  }
}

function readText(text: string | Buffer, name = 'users.csv'): Promise<RosterRow[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return read(path);
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

  it('a CSV roster needs no column but username, and takes short rows', async () => {
    expect(usersOf(await readText('username\nanna\nbo'))).toEqual([{ username: 'anna' }, { username: 'bo' }]);
    expect(usersOf(await readText(`${header}anna\nbo,AD\n`))).toEqual([
      { username: 'anna' },
      { username: 'bo', userStorageName: 'AD' },
    ]);
  });

  it('a CSV roster names the line where a row begins, also below fields of several lines and blank lines', async () => {
    const rows = await readText(`${header}"an\nna\r\n",AD,1\r\n\r\n  \n,AD,2\n"b\no",AD,x\nclara,AD,3\n`);
    expect(rows.map((row) => row.line)).toEqual([2, 7, 8, 10]);
    expect(rejectedOf(rows).map(([line]) => line)).toEqual([7, 8]);
    expect(usersOf(rows)[0]?.username).toBe('an\nna\r\n');
  });

  it('a CSV roster reports 5 bad rows among 1,000 with their lines and gives the other 995', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => `user${index},AD,${index + 1}`);
    const bad = {
      100: ',AD,7',
      200: 'user200,AD,seven',
      300: 'user299,AD,300',
      400: 'user"400,AD,401',
      500: 'user500,AD,0',
    };
    const read = await readText(header + Object.values({ ...rows, ...bad }).join('\n'));
    expect(usersOf(read)).toHaveLength(995);
    expect(rejectedOf(read)).toEqual([
      [102, 'username is missing'],
      [202, 'associateId is not a whole number from 1 to 2147483647: "seven"'],
      [302, 'duplicate: an earlier row has the same username and userStorageName'],
      [402, expect.stringContaining('a quote is inside an unquoted field')],
      [502, 'associateId is not a whole number from 1 to 2147483647: "0"'],
    ]);
  });

  it.each(['1.5', '-1', '1e3', '0x10', '2147483648', '9'.repeat(40), 'NaN'])(
    'a CSV roster rejects the associateId %s',
    async (associateId) => {
      expect(rejectedOf(await readText(`${header}anna,AD,${associateId}\n`))).toHaveLength(1);
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
    const rows = await readText(`${header}anna,AD\nanna,\nAnna,AD\nanna,LDAP\nanna,AD,5\n`);
    expect(rejectedOf(rows)).toEqual([
      [6, 'duplicate: an earlier row has the same username and userStorageName'],
    ]);
  });

  it('a CSV roster rejects a name that is not UTF-8', async () => {
    const rows = await readText(Buffer.from(`${header}\xe5sa,AD,1\nbo,AD,2\n`, 'latin1'));
    expect(rejectedOf(rows)).toEqual([[2, expect.stringContaining('save the roster as UTF-8')]]);
  });

  it('a CSV roster rejects a row without an end and keeps the numbers right', async () => {
    const rows = await readText(`${header}${'a'.repeat(maxRowLength * 5)}\nbo,AD,2\n,\n`);
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
    ['has semicolons', 'username;userStorageName\nanna;AD\n', /Separate the columns with commas/],
    ['has a column twice', 'username,Username\nanna,bo\n', /two columns named username\. Keep one/],
    ['is UTF-16', Buffer.from('\uFEFFusername\nanna\n', 'utf16le'), /in UTF-8/],
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
      '{"username":"bo","associateId":1.5}',
      '{"username":"anna"}',
      '{"username":"c","Username":"d"}',
    ];
    const rows = await readText(
      [...lines, ...more, '{"username":"e","associateId":null}'].join('\n'),
      'users.jsonl',
    );
    expect(usersOf(rows)).toEqual([{ username: 'anna' }, { username: 'e' }]);
    expect(rejectedOf(rows)).toEqual([
      [2, 'the line is not a complete JSON object'],
      [3, 'the line is not a complete JSON object'],
      [4, 'username is not text'],
      [5, 'username is missing'],
      [6, expect.stringContaining('associateId is not a whole number')],
      [7, 'duplicate: an earlier row has the same username and userStorageName'],
      [8, 'username appears twice'],
    ]);
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
    const input = header + Array.from({ length: 20_000 }, (_, index) => `user${index},AD\n`).join('');
    const roster = await openRoster('-', Readable.from([Buffer.from(input)]));
    const readAll = async () => (await Array.fromAsync(roster.read())).flat();
    const [one, two] = await Promise.all([readAll(), readAll()]);
    expect(one).toHaveLength(20_000);
    expect(two).toEqual(one);
    expect(await readAll()).toEqual(one);
    await roster.close();
  });

  it('a roster keeps duplicates when it is told to, because an earlier reading found none', async () => {
    const path = join(folder, 'twice.csv');
    writeFileSync(path, `${header}anna,AD\nbo,AD\nanna,AD\n`);
    const roster = await openRoster(path, Readable.from([]));
    const names = async (duplicates: 'reject' | 'keep') =>
      usersOf((await Array.fromAsync(roster.read(duplicates))).flat()).map(({ username }) => username);
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
    writeFileSync(path, header + Array.from({ length: 50_000 }, (_, index) => `user${index},AD\n`).join(''));
    const roster = await openRoster(path, Readable.from([]));
    for await (const rows of roster.read()) {
      expect(rows[0]?.line).toBe(2);
      break;
    }
    expect((await Array.fromAsync(roster.read())).flat()).toHaveLength(50_000);
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

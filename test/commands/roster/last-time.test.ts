import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compared, comparedText } from '../../../src/commands/roster/last-time.ts';
import { countSources } from '../../../src/commands/roster/source-counts.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 10 });
  const rows = 'username;active;group\nanna;true;Salg|Styret\nbo;no;Salg\ncarl;;\n';
  endToEnd.environment.CARETAKER_ROSTER = await endToEnd.file('users.csv', rows);
});
afterAll(() => endToEnd.close());

async function checked(extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, output } = await endToEnd.run(['roster', 'check'], extra);
  expect(code).toBe(0);
  return output;
}

describe('caretaker roster check and the last run', () => {
  it('roster check says who has left and which groups there are, and what changed since the last completed run', async () => {
    const first = await checked();
    expect(first).toContain('3 without associateId, 1 who has left');
    expect(first).toMatch(/GROUP +USERS\n *Salg +2\n *Styret +1\n2 users in groups/);
    expect(first).toContain('since last time: no completed run has read it yet');

    expect((await endToEnd.run(['run', 'purge-windows'])).code).toBe(0);
    expect(await checked()).toMatch(
      /since last time: as many rows as at the run of \d{4}-\S+ \d\d:\d\d \S+ \(3\)\n/,
    );

    await appendFile(endToEnd.environment.CARETAKER_ROSTER ?? '', 'dora;;\n');
    expect(await checked()).toMatch(
      /since last time: \+1 row since the run of \S+ \S+ \S+ \(3 → 4, \+33 %\)/,
    );
    const { json } = await endToEnd.run(['roster', 'check', '--json']);
    expect(json()).toMatchObject({
      departed: 1,
      withGroups: 2,
      groups: { Salg: 2, Styret: 1 },
      lastTime: { sources: [{ now: 4, before: 3, difference: 1, unit: 'row', isSame: null }] },
    });
  });

  it('roster check says that Redis was not asked, and checks the roster all the same', async () => {
    const output = await checked({ REDIS_URL: 'redis://127.0.0.1:9' });
    expect(output).toContain('4 rows: 4 users, 0 rejected');
    expect(output).toContain('since last time: not known, because Redis was not asked: ');
  });

  it('asks nobody about a file that is named', async () => {
    const path = await endToEnd.file('other.csv', 'username\nanna\n');
    const { output } = await endToEnd.run(['roster', 'check', path], { REDIS_URL: 'redis://127.0.0.1:9' });
    expect(output).toContain('1 row: 1 user');
    expect(output).not.toContain('since last time');
  });
});

const at = '2026-11-27T03:45:00.123Z';
const source: Compared = {
  name: 'ldaps://a',
  now: 90,
  before: 100,
  difference: -10,
  share: -0.1,
  at,
  isSame: false,
  unit: 'user',
};

it.each<[Partial<Compared>, string]>([
  [{}, '−10 users since the run of 2026-11-27 04:45 Europe/Oslo (100 → 90, −10 %)'],
  [{ at: null }, '−10 users since the last run (100 → 90, −10 %)'],
  [
    { now: 100, difference: 0, isSame: true },
    'as many users as at the run of 2026-11-27 04:45 Europe/Oslo (100), the same ones',
  ],
  [
    { now: 100, difference: 0 },
    'as many users as at the run of 2026-11-27 04:45 Europe/Oslo (100), not all of them the same',
  ],
  [{ before: null, difference: null }, 'no completed run has read it yet'],
  [
    { before: 0, now: 5, difference: 5, share: null },
    '+5 users since the run of 2026-11-27 04:45 Europe/Oslo (0 → 5)',
  ],
])('a source that is %j beside last time is told as %s', (change, text) => {
  expect(comparedText({ ...source, ...change }, 'Europe/Oslo')).toBe(text);
});

it('rows are counted for the source that they came from, if each says how many are its own', () => {
  const measure = { users: 0, fingerprint: '' };
  const north = { name: 'north', rows: 2, ...measure };
  const south = { name: 'south', rows: 3, ...measure };
  const rows = [
    { line: 1, user: { username: 'a', active: false, groups: ['x'] } },
    { line: 2, rejected: 'no name' },
    { line: 3, rejected: 'again', isDuplicate: true as const },
    { line: 4, user: { username: 'A' }, looksLike: 1 },
    { line: 5, user: { username: 'b' } },
  ];
  const told = countSources({ sources: [north, south] });
  for (const row of rows) told.take(row);
  const counts = { duplicates: 0, lookAlikes: 0, departed: 0, withGroups: 0 };
  expect(told.counts()).toEqual([
    { name: 'north', rows: 2, users: 1, rejected: 1, ...counts, departed: 1, withGroups: 1 },
    { name: 'south', rows: 3, users: 2, rejected: 1, ...counts, duplicates: 1, lookAlikes: 1 },
  ]);
  for (const sources of [[north], [north, { name: 'joined', ...measure }]]) {
    const untold = countSources({ sources });
    for (const row of rows) untold.take(row);
    expect(untold.counts()).toEqual([]);
  }
});

import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../../../src/log.ts';
import { newUserCount } from '../../../../src/queue/run-worker/phases/user-count.ts';
import { readUsers } from '../../../../src/queue/run-worker/phases/users.ts';
import { openRoster } from '../../../../src/roster/roster.ts';

interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

function rosterFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'users-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'users.csv');
  writeFileSync(path, text);
  return path;
}

async function readAll(
  path: string,
  asOf = DateTime.now(),
  byAssociate = false,
  groups: readonly string[] = [],
) {
  const output = new PassThrough({ encoding: 'utf8' });
  const log = createLog('info', [], output);
  const count = newUserCount();
  const source = { kind: 'roster', openRoster: () => openRoster(path, Readable.from([])) } as const;
  for await (const _ of readUsers(source, 100, count, { asOf, log, byAssociate, groups }));
  const lines = String(output.read() ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
  return { count, lines };
}

const numbers = (length: number) => Array.from({ length }, (_, index) => index);

it('users come in full batches, and the last one is what is left', async () => {
  const path = rosterFile(
    `username\n${numbers(501)
      .map((index) => `user${index}\n`)
      .join('')}`,
  );
  const source = { kind: 'roster', openRoster: () => openRoster(path, Readable.from([])) } as const;
  const reading = { asOf: DateTime.now(), groups: [] };
  const batches = await Array.fromAsync(readUsers(source, 100, newUserCount(), reading));
  expect(batches.map(({ users }) => users.length)).toEqual([100, 100, 100, 100, 100, 1]);
});

it('the first 20 rows that are turned down are logged, and then their sum', async () => {
  const text = (rows: number) =>
    `username,userStorageName\nanna,AD\n${numbers(rows)
      .map(() => ',AD\n')
      .join('')}`;
  const few = await readAll(rosterFile(text(20)));
  expect(few.lines.map(({ msg }) => msg)).toEqual(numbers(20).map(() => 'roster row rejected'));
  expect(few.lines[19]).toMatchObject({ line: 22, reason: 'username is missing' });
  const many = await readAll(rosterFile(text(5000)));
  expect(many.lines).toHaveLength(21);
  expect(many.lines.at(-1)).toMatchObject({ msg: 'roster rows rejected', rejected: 5000 });
  expect(many.count).toMatchObject({ rows: 5001, rejected: 5000, selected: 1 });
});

it('the first 20 users that look like others are logged, and then their number', async () => {
  const twins = numbers(21).map((index) => `user${index}\nUser${index}\n`);
  const { count, lines } = await readAll(rosterFile(`username\n${twins.join('')}`));
  expect(lines).toHaveLength(21);
  expect(lines[0]).toMatchObject({ msg: 'roster row looks like another', line: 3, looksLike: 2 });
  expect(lines.at(-1)).toMatchObject({ msg: 'roster rows look like others', rows: 21 });
  expect(count).toMatchObject({ rows: 42, rejected: 0, selected: 42 });
});

it('a bad associate turns its row down only for who needs associates', async () => {
  const path = rosterFile('username,associateId\nanna,seven\nbo,8\ncarl,\n');
  const { count } = await readAll(path);
  expect(count).toMatchObject({ rows: 3, rejected: 0, selected: 3, rejections: [] });
  const audited = await readAll(path, DateTime.now(), true);
  expect(audited.count).toMatchObject({ rows: 3, rejected: 1, selected: 2 });
  expect(audited.lines).toMatchObject([{ line: 2, reason: expect.stringContaining('"seven"') }]);
});

it('readings as of one moment take the same last row for whole, however long the run takes', async () => {
  const path = rosterFile('username\nanna\nuser1');
  const start = DateTime.now();
  const first = await readAll(path, start);
  expect(first.count).toMatchObject({ selected: 1, rejected: 1 });
  // As it looks two minutes later to a run that began now.
  const { mtime } = statSync(path);
  const written = new Date(mtime.getTime() - 120_000);
  utimesSync(path, written, written);
  const again = await readAll(path, start.minus({ minutes: 2 }));
  expect(again.count.fingerprint).toBe(first.count.fingerprint);
  const next = await readAll(path, start);
  expect(next.count).toMatchObject({ selected: 2, rejected: 0 });
});

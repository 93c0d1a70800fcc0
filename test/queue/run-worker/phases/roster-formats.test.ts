import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../../../src/log.ts';
import { newUserCount } from '../../../../src/queue/run-worker/phases/user-count.ts';
import { readUsers } from '../../../../src/queue/run-worker/phases/users.ts';
import { openRoster } from '../../../../src/roster/roster.ts';

const names = Array.from({ length: 1000 }, (_, index) => `åsa${index}`);
const texts = (delimiter: string) =>
  ['username', ...names]
    .map((name) => `${name}${delimiter}${name === 'username' ? 'storage' : 'AD'}\r\n`)
    .join('');

/** What a run counts of a roster, and what it logs. */
async function count(bytes: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), 'roster-formats-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'users.csv');
  writeFileSync(path, bytes);
  const output = new PassThrough({ encoding: 'utf8' });
  const counted = newUserCount();
  const source = { kind: 'roster', openRoster: () => openRoster(path, Readable.from([])) } as const;
  const reading = { asOf: DateTime.now(), log: createLog('info', [], output), groups: [] };
  const batches: (readonly string[])[] = [];
  for await (const { users } of readUsers(source, 200, counted, reading))
    batches.push(users.map(({ username }) => username));
  return { counted, batches, log: String(output.read() ?? '') };
}

it('a run finds the same users in the same batches, with the same fingerprint, in any encoding and with any delimiter', async () => {
  const plain = await count(Buffer.from(texts(',')));
  expect(plain.counted).toMatchObject({ rows: 1000, rejected: 0, selected: 1000 });
  expect(plain.log).toBe('');
  for (const bytes of [
    Buffer.from(texts(';')),
    Buffer.from(`\uFEFF${texts('\t')}`, 'utf16le'),
    Buffer.from(texts(';'), 'latin1'),
  ]) {
    const { counted, batches } = await count(bytes);
    // Each of them is a file of its own.
    expect({ ...counted, writtenAtMs: 0 }).toEqual({ ...plain.counted, writtenAtMs: 0 });
    expect(batches).toEqual(plain.batches);
  }
});

it('a run warns once of a roster that it reads as Windows-1252', async () => {
  const { log } = await count(Buffer.from(texts(';'), 'latin1'));
  expect(
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ level: 'warn', msg: 'roster is not UTF-8', encoding: 'windows-1252' }]);
});

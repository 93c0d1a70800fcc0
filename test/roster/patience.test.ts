import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { RosterError, RosterInterrupted } from '../../src/roster/errors.ts';
import { ask, hangsForMs, isAnswerAwaited } from '../../src/roster/patience.ts';
import { openRoster } from '../../src/roster/roster.ts';

const folder = mkdtempSync(join(tmpdir(), 'patience-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let pipes = 0;

function makePipe(): string {
  pipes += 1;
  const path = join(folder, `pipe-${pipes}`);
  execFileSync('/usr/bin/env', ['mkfifo', path]);
  return path;
}

const none = () => Readable.from([]);
const soon = { timeoutMs: 50 };

it('a pipe that nobody writes into is given up, takes no thread meanwhile, and names the setting', async () => {
  const path = makePipe();
  const opening = openRoster(path, none(), soon);
  await expect(opening).rejects.toBeInstanceOf(RosterError);
  await expect(opening).rejects.toMatchObject({
    problem: `The roster ${path} gave nothing for 0.05 s.`,
    advice: expect.stringContaining('CARETAKER_ROSTER_TIMEOUT'),
  });
  expect(isAnswerAwaited()).toBe(false);
  expect(hangsForMs()).toBeUndefined();
});

it('a pipe whose writer goes silent is given up', async () => {
  const path = makePipe();
  // Linux lets one process open both ends at once.
  const writer = openSync(path, 'r+');
  const file = await open(path, 'w');
  onTestFinished(() => file.close());
  await file.write('username\nanna\n');
  await expect(openRoster(path, none(), soon)).rejects.toThrow('gave nothing for 0.05 s');
  expect(writer).toBeGreaterThan(0);
});

it('standard input that goes silent is given up and closed', async () => {
  const input = new PassThrough();
  input.write('username\nanna\n');
  await expect(openRoster('-', input, soon)).rejects.toThrow('The roster on standard input gave nothing');
  expect(input.destroyed).toBe(true);
});

it('a writer may take as long as it likes, if it never pauses for too long', async () => {
  const input = Readable.from(
    (async function* () {
      yield 'username\n';
      // Together longer than may pass between two of them, which is fifty times as long as does.
      for (let index = 0; index < 60; index += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield `user${index}\n`;
      }
    })(),
  );
  const roster = await openRoster('-', input, { timeoutMs: 1000 });
  expect((await Array.fromAsync(roster.read(DateTime.now()))).flat()).toHaveLength(60);
  await roster.close();
});

it('a signal ends the wait for a roster at once, before it and during it', async () => {
  const stop = new AbortController();
  const opening = openRoster(makePipe(), none(), { timeoutMs: 3_600_000, signal: stop.signal });
  stop.abort();
  await expect(opening).rejects.toBeInstanceOf(RosterInterrupted);
  await expect(openRoster(makePipe(), none(), { timeoutMs: 50, signal: stop.signal })).rejects.toBeInstanceOf(
    RosterInterrupted,
  );
});

it('a system that hangs is asked one question at a time, and no further one until it answers', async () => {
  const answer = Promise.withResolvers<string>();
  const late: string[] = [];
  let asked = 0;
  const question = () => {
    asked += 1;
    return answer.promise;
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, () => ask('hanging', question, soon, (text) => late.push(text))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
  expect(asked).toBe(1);
  expect(hangsForMs()).toBeGreaterThanOrEqual(49);
  await expect(ask('hanging', question, { timeoutMs: 3_600_000 })).rejects.toThrow('still hangs');
  // Other rosters are none of its concern.
  expect(await ask('healthy', async () => 'yes', soon)).toBe('yes');
  expect(asked).toBe(1);
  answer.resolve('at last');
  await answer.promise;
  expect(await ask('hanging', async () => 'yes', soon)).toBe('yes');
  expect(late).toEqual(['at last']);
  expect(hangsForMs()).toBeUndefined();
});

it('a question whose asker was interrupted is no trouble, but the end of the process does not wait for it', async () => {
  const answer = Promise.withResolvers<void>();
  const stop = new AbortController();
  const asking = ask('interrupted', () => answer.promise, { timeoutMs: 3_600_000, signal: stop.signal });
  stop.abort();
  await expect(asking).rejects.toBeInstanceOf(RosterInterrupted);
  expect(hangsForMs()).toBeUndefined();
  expect(isAnswerAwaited()).toBe(true);
  answer.resolve();
  await answer.promise;
  expect(await ask('interrupted', async () => 'yes', soon)).toBe('yes');
  expect(isAnswerAwaited()).toBe(false);
});

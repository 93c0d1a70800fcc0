import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { logLines, writeLogLines } from '../../../src/commands/setup/log-lines.ts';
import { createLog } from '../../../src/log.ts';

function open() {
  const writes: string[] = [];
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      writes.push(chunk);
      done();
    },
  });
  const log = createLog('info', [], logLines(output));
  const messages = () =>
    writes.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    );
  return { log, messages };
}

it('what is logged within one turn of the event loop is written together, in its order', async () => {
  const { log, messages } = open();
  log.info('one');
  log.child({ batch: 1 }).info('two');
  expect(messages()).toEqual([]);
  await turn();
  log.info('three');
  await turn();
  expect(messages()).toEqual([['one', 'two'], ['three']]);
});

it.each(['warn', 'error', 'fatal'] as const)(
  'a line of level %s is written at once, behind those before it',
  (level) => {
    const { log, messages } = open();
    log.info('one');
    log[level]('two');
    expect(messages()).toEqual([['one', 'two']]);
  },
);

it('the level of a line is its own, also when it follows a warning', async () => {
  const { log, messages } = open();
  log.warn('one');
  log.info('two');
  expect(messages()).toEqual([['one']]);
  await turn();
  expect(messages()).toEqual([['one'], ['two']]);
});

it('lines that are logged without an end are written before the turn is over', () => {
  const { log, messages } = open();
  for (let line = 0; line < 1_000; line += 1) log.info({ text: 'x'.repeat(100) }, 'line');
  expect(messages().flat().length).toBeGreaterThan(800);
});

it('what waits is written on demand, and only once', async () => {
  const { log, messages } = open();
  log.info('one');
  writeLogLines();
  expect(messages()).toEqual([['one']]);
  await turn();
  expect(messages()).toEqual([['one']]);
});

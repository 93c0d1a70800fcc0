import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { reportError } from '../../../src/commands/program/report-error.ts';
import { logLines, writeLogLines } from '../../../src/commands/setup/log-lines.ts';
import { SettingError } from '../../../src/domain/setting-error.ts';
import { createLog } from '../../../src/log.ts';
import { startProgram } from '../../support/caretaker.ts';

const commands = new URL('../../../src/commands', import.meta.url).href;

/** As many turns as lines may wait. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

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
  const text = () => writes.join('');
  const messages = () =>
    writes.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    );
  return { log, output, text, messages };
}

it('what is logged within a few turns of the event loop is written together, in its order', async () => {
  const { log, messages } = open();
  log.info('one');
  log.child({ batch: 1 }).info('two');
  await nextTurn();
  log.info('three');
  expect(messages()).toEqual([]);
  await turns();
  log.info('four');
  await turns();
  expect(messages()).toEqual([['one', 'two', 'three'], ['four']]);
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
  await turns();
  expect(messages()).toEqual([['one'], ['two']]);
});

it('lines that are logged without an end are written before a turn is over', () => {
  const { log, messages } = open();
  for (let line = 0; line < 1_000; line += 1) log.info({ text: 'x'.repeat(100) }, 'line');
  expect(messages().flat().length).toBeGreaterThan(800);
});

it('what was logged before an error is read before it', () => {
  const { log, output, text } = open();
  log.info('one');
  reportError(new SettingError('The file x is missing.', 'Check the path.'), output);
  expect(text()).toMatch(/"msg":"one"}\ncaretaker: The file x is missing\./);
});

it.each([
  [
    'is told to end',
    "const { endProcess } = await load('setup/end-process'); log.info('last words'); endProcess(3);",
    3,
  ],
  [
    'is told to end while a file system hangs',
    `const { ask } = await load('../roster/patience');
    await ask('roster', () => new Promise(() => {}), { timeoutMs: 1 }).catch(() => {});
    const { endProcess } = await load('setup/end-process'); log.info('last words'); endProcess(3);`,
    3,
  ],
  ['has nothing left to do', "log.info('last words');", 0],
  ['fails of something that nobody caught', "log.info('last words'); throw new Error('nobody');", 1],
])('the last words of a process that %s are written', async (_, script, expected) => {
  const begin = `
    const load = (name) => import('${commands}/' + name + '.ts');
    const { watchOutputs } = await load('program/outputs');
    const { logLines } = await load('setup/log-lines');
    const { createLog } = await import('${commands}/../log.ts');
    watchOutputs(process.stdout, process.stderr);
    const log = createLog('info', [], logLines(process.stdout));`;
  const words = [process.execPath, '--input-type=module', '-e', begin + script];
  const { code, output } = await startProgram(words, {}).ended;
  expect(output).toContain('last words');
  expect(code).toBe(expected);
});

it('what waits is written on demand, and only once', async () => {
  const { log, messages } = open();
  log.info('one');
  writeLogLines();
  expect(messages()).toEqual([['one']]);
  await turns();
  expect(messages()).toEqual([['one']]);
});

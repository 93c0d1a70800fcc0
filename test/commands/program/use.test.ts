import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/commands/program/program.ts';
import { reportError } from '../../../src/commands/program/report-error.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { escapeCode, openStreams } from '../streams.ts';

/*
 * What commands print on a terminal of 80 columns, used as they should be and as they should not: kept, so that somebody reads
 * each change of it. Numbers are left out, as moments, ids and durations are others every time.
 */

const columns = 80;
let endToEnd: EndToEnd;
let user: string;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 30 });
  // Left out, it is derived from the address, and the port is another every time.
  endToEnd.environment.SUPEROFFICE_HANDLE_KEY = 'the same key every time';
  user = endToEnd.simulators.people.username(3);
  for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket'])
    expect((await endToEnd.run(['run', job])).code).toBe(0);
});
afterAll(() => endToEnd.close());

interface Printed {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a line on a terminal. */
async function use(line: string, environment: Readonly<Record<string, string>>): Promise<Printed> {
  const { context, output, errors } = openStreams(true, environment);
  for (const stream of [context.output, context.errors]) Object.assign(stream, { columns });
  const words = line.split(' ').map((word) => (word === 'USER' ? user : word));
  const code = await runProgram(context, '0.0.0', words).catch((error) => reportError(error, context.errors));
  return { code, output: output(), errors: errors() };
}

/** Without what is another every time: numbers, and how wide a table is for them. */
function lasting(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll(endToEnd.folder, 'FOLDER')
      .replaceAll(/caretaker-redis-\w+/g, 'caretaker-redis')
      .replaceAll(/(\d{8}T\d{6}Z)-[0-9a-f]+/g, '$1-#')
      .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{6}\b/g, '#')
      // How often progress shows depends on how long a run takes.
      .replaceAll(/^.*[█░].*\n?/gm, '')
      .replaceAll(/\d+([.,: ]?\d+)*/g, '#')
      .replaceAll(/ {2,}/g, '  ')
  );
}

const right = [
  'run purge-windows',
  'run refresh-timed-devices',
  'run audit-pocket',
  'runs',
  'runs latest --job refresh-timed-devices',
  'runs --job purge-windows --status failed',
  'explain USER',
  'findings --limit 3',
  'findings --rule shared-push-handle --limit 2',
  'device list USER',
  'pocket list 1003',
  'schedules',
  'pause purge-windows',
  'runs --limit 1',
  'resume purge-windows',
  'history --count 3',
  'roster check',
  'plan refresh-timed-devices --out FOLDER/plan.json',
];

const wrong = [
  'nosuch',
  '--nosuch',
  'run',
  'run nosuch',
  'run purge-window',
  'run purge-windows --user nobody',
  'runs nosuch',
  'runs --since yesterday',
  'runs --status done',
  'explain nobody',
  'findings --rule nosuch',
  'findings --severity worst',
  'device list nobody',
  'pocket list kari',
  'pause foo',
  'resume foo',
  'approve nosuch',
  'stop nosuch',
  'roster check FOLDER/nosuch.csv',
  'plan show FOLDER/nosuch.json',
  'apply FOLDER/nosuch.json',
  'apply FOLDER/nosuch.json --mode enforce',
];

const wrongSettings = [
  ['nothing set', 'run purge-windows', {}],
  ['no vendor', 'run audit-pocket', { REDIS_URL: 'redis://127.0.0.1:9' }],
  [
    'several values that are wrong',
    'runs',
    { REDIS_URL: 'nope', CARETAKER_MODE: 'write', LOG_LEVEL: 'loud', CARETAKER_MOOD: 'good' },
  ],
  ['a Redis that is not there', 'runs', { REDIS_URL: 'redis://127.0.0.1:9' }],
] as const;

/** No line that a table or a sentence needs is longer than the terminal, except for words that cannot be broken. */
function tooLong(text: string): string[] {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.filter((line) => /^\S.* {2,}\S/.test(line) && line.length > columns);
}

describe('commands on a terminal', () => {
  const lineIn = (line: string) => line.replaceAll('FOLDER', endToEnd.folder);

  it.each(right)('what "caretaker %s" prints is as somebody has read it', async (line) => {
    const { code, output, errors } = await use(lineIn(line), { ...endToEnd.environment, NO_COLOR: '1' });
    expect(`${code}\n${lasting(output)}${lasting(errors)}`).toMatchSnapshot();
    expect(tooLong(output)).toEqual([]);
    expect(output).not.toContain(escapeCode);
  });

  // Their days may lie in this year or the next.
  it.each(['runs latest --job refresh-timed-devices --users', 'plan show FOLDER/plan.json'])(
    'what "caretaker %s" lists fits the terminal',
    async (line) => {
      const { code, output, errors } = await use(lineIn(line), { ...endToEnd.environment, NO_COLOR: '1' });
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(output.split('\n').length).toBeGreaterThan(10);
      expect(tooLong(output)).toEqual([]);
    },
  );

  it.each(right)('what "caretaker %s --json" prints is one document', async (line) => {
    const { code, output, errors } = await use(
      `${lineIn(line).replace('plan.json', 'other.json')} --json`,
      endToEnd.environment,
    );
    expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
    expect(() => JSON.parse(output)).not.toThrow();
    expect(output).not.toContain(escapeCode);
  });

  it.each(wrong)('what "caretaker %s" says of it is as somebody has read it', async (line) => {
    const { code, output, errors } = await use(lineIn(line), { ...endToEnd.environment, NO_COLOR: '1' });
    expect(code).not.toBe(0);
    expect(`${code}\n${lasting(output)}${lasting(errors)}`).toMatchSnapshot();
  });

  it.each(wrongSettings)(
    'with %s, what "caretaker %s" says is as somebody has read it',
    async (_, line, set) => {
      const { code, output, errors } = await use(line, { ...set, NO_COLOR: '1' });
      expect(code).not.toBe(0);
      expect(`${code}\n${lasting(output)}${lasting(errors)}`).toMatchSnapshot();
    },
  );

  it.each([
    'runs',
    'runs latest --job refresh-timed-devices',
    'explain USER',
    'findings --limit 3',
    'schedules',
    'nosuch',
    'explain nobody',
  ])('in color, "caretaker %s" says the same', async (line) => {
    const [plain, colored] = [
      await use(line, { ...endToEnd.environment, NO_COLOR: '1' }),
      await use(line, endToEnd.environment),
    ];
    expect(lasting(colored.output + colored.errors)).toBe(lasting(plain.output + plain.errors));
  });
});

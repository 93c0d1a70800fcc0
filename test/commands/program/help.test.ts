import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/runs/report.ts';
import { root } from '../../docs/markdown.ts';
import { runCaretaker } from '../../support/caretaker.ts';
import { allCommands } from '../../support/commands.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { escapeCode } from '../streams.ts';

const names = [...allCommands().keys()];

async function helpOf(name: string): Promise<string> {
  const { code, output, errors } = await runCaretaker([...name.split(' ').filter(Boolean), '--help'], {});
  expect({ name, code, errors }).toEqual({ name, code: 0, errors: '' });
  return output;
}

/** The lines that the help of a command shows as examples, those of a pipe or a chain one by one. */
function examplesIn(help: string): string[] {
  const [, part = ''] = help.split('\nExamples:\n');
  return [...part.matchAll(/^ {2}(caretaker .+)$/gm)].map(([, line = '']) => line);
}

describe('the help', () => {
  it.each(names)('the help of "caretaker %s" is as somebody has read it, and has examples', async (name) => {
    const help = await helpOf(name);
    expect(help).toMatchSnapshot();
    expect(help).not.toContain(escapeCode);
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(examplesIn(help).length).toBeGreaterThan(0);
  });
});

/** Examples that are not run here, and who runs the like. */
const notRun: Readonly<Record<string, string>> = {
  'caretaker worker': 'test/commands/worker.test.ts',
  'caretaker demo': 'test/commands/demo/demo.test.ts',
  'caretaker simulate': 'test/commands/demo/simulate.test.ts',
  'caretaker superoffice login': 'test/commands/superoffice/login.test.ts',
};

/** The words of a line of a shell; quotes go around one of them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('the examples of the help', () => {
  let endToEnd: EndToEnd;
  /** What the names in the examples stand for here. */
  let meant: Record<string, string>;

  beforeAll(async () => {
    endToEnd = await openEndToEnd({ users: 30 });
    const { people, pointsharp } = endToEnd.simulators;
    const timed = (person: number) =>
      pointsharp.world.devices(person).filter(({ timeoutConf }) => Number(timeoutConf) > 0);
    const [kari = 0, ola = 0] = Array.from({ length: people.users }, (_, person) => person).filter(
      (person) => timed(person).length > 0 && !people.hasTwin(person),
    );
    const users = [kari, ola].map((index) => `${people.username(index)},${people.storage(index)}`);
    meant = {
      kari: people.username(kari),
      ola: people.username(ola),
      AD: people.storage(kari),
      A1B2C3: timed(kari)[0]?.id ?? '',
      'plan.json': join(endToEnd.folder, 'plan.json'),
      'pilot.json': join(endToEnd.folder, 'pilot.json'),
      'users.csv': await endToEnd.file('users.csv', `username,userStorageName\n${users.join('\n')}\n`),
    };
    for (const job of ['audit-pocket', 'refresh-timed-devices'])
      expect((await endToEnd.run(['run', job])).code).toBe(0);
  });
  afterAll(() => endToEnd.close());

  /** A run that waits for a decision; one that still does is decided, and then settled first. */
  async function holdRun(): Promise<string> {
    if (meant['70151f'] !== undefined) await endToEnd.run(['reject', meant['70151f']]);
    const words = ['run', 'purge-windows', '--json'];
    const limits = {
      CARETAKER_MODE: 'enforce',
      PURGE_WINDOWS_MAX_ACTIONS: '1',
      PURGE_WINDOWS_HOLD_ON: 'max-actions',
    };
    const held = await endToEnd.run(words, limits);
    expect(held.code).toBe(3);
    return held.json<Report>().run.id;
  }

  /** Runs a line of a shell: one command behind the other, or each on what the one before it has written. */
  async function runLine(line: string): Promise<void> {
    let input = '';
    for (const command of line.split(/ && | \| /)) {
      const [words = ''] = command.split(' > ');
      const result = await endToEnd.run(
        wordsOf(words)
          .slice(1)
          .map((word) => meant[word] ?? word),
        {},
        input,
      );
      expect({
        command,
        code: result.code,
        errors: result.code === 0 ? '' : result.errors + result.output,
      }).toEqual({
        command,
        code: 0,
        errors: '',
      });
      input = line.includes(' | ') ? result.output : '';
    }
  }

  it.each(names)('the examples of "caretaker %s" work, one after the other', async (name) => {
    const lines = examplesIn(await helpOf(name));
    if (lines.some((line) => line.includes('70151f'))) meant['70151f'] = (await holdRun()).slice(-6);
    if (name === 'stop') await runLine('caretaker trigger refresh-timed-devices');
    for (const line of lines) {
      const isLeftOut = Object.keys(notRun).some((begin) => line.startsWith(begin));
      if (!isLeftOut) await runLine(line);
    }
  });

  it('each example that is left out begins as one of the help does, and another test is there for it', async () => {
    const lines = (await Promise.all(names.map(helpOf))).flatMap(examplesIn);
    expect(lines.length).toBeGreaterThan(50);
    for (const [begin, path] of Object.entries(notRun)) {
      expect(lines.some((line) => line.startsWith(begin))).toBe(true);
      expect(existsSync(join(root, path))).toBe(true);
    }
  });
});

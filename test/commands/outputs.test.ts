import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, startProgram } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const entry = fileURLToPath(new URL('../../src/caretaker.ts', import.meta.url));
const full = 'no space left on device (ENOSPC)';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 3000 });
});
afterAll(() => endToEnd.close());

/** Runs a line of a shell in which `caretaker` is the program. */
function shell(line: string, extra: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const program = `caretaker() { '${process.execPath}' '${entry}' "$@"; }; ${line}`;
  const environment = { PATH: process.env.PATH ?? '', ...endToEnd.environment, ...extra };
  return startProgram(['/bin/sh', '-c', program], environment).ended;
}

/** The exit code of a command whose output goes to a reader that leaves; the shell only tells that of the reader. */
async function codeBefore(reader: string, words: string, extra?: Readonly<Record<string, string>>) {
  const { errors } = await shell(`{ caretaker ${words}; echo "code $?" >&2; } | ${reader}`, extra);
  return { code: /^code (\d+)$/m.exec(errors)?.[1], errors };
}

describe('an output that cannot be written', () => {
  it.each([
    ['a command that did its work', 'config', {}, 1],
    ['a command that found nothing wrong', 'config --reference', {}, 1],
    ['a command that failed by itself', 'doctor', { CARETAKER_MODE: 'perhaps' }, 2],
    ['the help', '--help', {}, 1],
  ])('%s does not exit 0 when its output is lost, and says so', async (_, words, extra, code) => {
    const result = await shell(`caretaker ${words} > /dev/full`, extra);
    expect(result.code).toBe(code);
    expect(result.errors).toContain(`caretaker: Standard output cannot be written: ${full}.`);
  });

  it('a plan that standard output does not take is not called written', async () => {
    const { code, errors } = await shell('caretaker plan purge-windows --out - > /dev/full');
    expect(code).toBe(2);
    expect(errors).toContain(`The plan cannot be written to standard output: ${full}.`);
    expect(errors).not.toContain('written to standard output.');
  });

  it('a worker whose log is lost stops with a failure, so that it is started again', async () => {
    const { code, errors } = await shell('caretaker worker > /dev/full');
    expect(code).toBe(1);
    expect(errors).toContain('The log cannot be written any more, so the worker stops.');
  });

  it('a run whose log is lost goes on to its report, and does not exit 0', async () => {
    const { code, json } = await shell('caretaker run purge-windows --json 2> /dev/full', {
      LOG_LEVEL: 'info',
    });
    expect(code).toBe(1);
    expect(json()).toMatchObject({ run: { status: 'completed' }, users: { selected: 3000 } });
  });
});

describe('a reader that leaves', () => {
  it.each([
    ['true', 'config', {}, '0'],
    ['true', 'config --reference', {}, '0'],
    ['head -1', 'doctor', { CARETAKER_MODE: 'perhaps' }, '2'],
    ['true', 'doctor', { CARETAKER_MODE: 'perhaps' }, '2'],
    ['grep -q fail', 'doctor', { CARETAKER_ROSTER: '/nowhere.csv' }, '1'],
  ])('the reader "%s" leaves the exit code of "%s" as it is', async (reader, words, extra, code) => {
    const found = await codeBefore(reader, words, extra);
    expect(found).toEqual({ code, errors: `code ${code}\n` });
  });

  it('a list that is longer than a pipe holds ends with its own exit code when its reader leaves', async () => {
    const path = `${endToEnd.folder}/long.json`;
    expect((await endToEnd.run(['plan', 'purge-windows', '--out', path])).code).toBe(0);
    for (const words of [`plan show ${path}`, `plan show ${path} --json`]) {
      expect(await codeBefore('head -1', words)).toEqual({ code: '0', errors: 'code 0\n' });
    }
  });

  it('a plan whose reader leaves is not called written, and the exit code tells what was planned', async () => {
    const { code, errors } = await codeBefore('true', 'plan purge-windows --out -');
    expect(code).toBe('0');
    expect(errors).toContain('the plan is not whole: its reader left standard output');
    expect(errors).not.toContain('written to');
  });

  it('a worker whose reader leaves stops with a failure, so that it is started again', async () => {
    const { code, errors } = await codeBefore('head -1', 'worker');
    expect(code).toBe('1');
    expect(errors).toContain('The log cannot be written any more, so the worker stops.');
  });
});

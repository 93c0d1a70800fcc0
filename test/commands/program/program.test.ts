import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCaretaker } from '../../support/caretaker.ts';
import { escapeCode } from '../streams.ts';

const commands = [
  'worker',
  'run',
  'trigger',
  'plan',
  'apply',
  'approve',
  'reject',
  'pause',
  'resume',
  'doctor',
  'schedules',
  'runs',
  'explain',
  'config',
  'device',
  'pocket',
  'simulate',
  'demo',
];

describe('caretaker', () => {
  it('caretaker lists every command with --help', async () => {
    const answer = await runCaretaker(['--help'], {});
    expect(answer).toMatchObject({ code: 0, errors: '' });
    for (const command of commands) expect(answer.output).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(answer.output).not.toContain(escapeCode);
  });

  it('caretaker shows the help on standard error and exits 2 when no command is given', async () => {
    const answer = await runCaretaker([], {});
    expect(answer).toMatchObject({ code: 2, output: '' });
    expect(answer.errors).toContain('Usage: caretaker');
  });

  it('caretaker tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await runCaretaker(['--version'], {})).toMatchObject({
      code: 0,
      output: `${version}\n`,
      errors: '',
    });
  });

  it.each([
    ['run', '4 stopped'],
    ['plan', '4 not written'],
    ['apply', 'Exit codes as for run'],
  ])('caretaker tells the exit codes with the help of %s', async (command, told) => {
    const answer = await runCaretaker([command, '--help'], {});
    expect(answer.code).toBe(0);
    expect(answer.output).toContain(told);
  });
});

describe('a command line that is wrong', () => {
  const cases: [line: string, told: string][] = [
    ['wrker', 'Did you mean worker?'],
    ['device lst kari', 'Did you mean list?'],
    ['--bogus', "unknown option '--bogus'"],
    ['runs --jsno', 'Did you mean --json?'],
    ['worker now', "too many arguments for 'worker'"],
    ['run', "missing required argument 'job'"],
    ['run purge-windows --mode force', 'Allowed choices are observe, enforce'],
    ['runs --count 0', 'It has to be a whole number from 1 to 2147483647'],
    ['pocket list kari', 'It has to be a whole number from 1 to 2147483647'],
    ['device set-state kari phone 2147483648', 'It has to be a whole number from -2147483648 to 2147483647'],
    ['explain kari --time-zone Mars/Olympus', 'It has to be an IANA time zone such as Europe/Stockholm'],
    ['simulate --pointsharp-port 65536', 'It has to be a whole number from 0 to 65535'],
    ['simulate --users 1000001', 'It has to be a whole number from 1 to 1000000'],
  ];
  it.concurrent.each(cases)(
    'the wrong command line "%s" exits 2 and says what is expected',
    async (line, told) => {
      const answer = await runCaretaker(line.split(' '), {});
      expect(answer).toMatchObject({ code: 2, output: '' });
      expect(answer.errors).toContain(told);
      expect(answer.errors).toContain('caretaker --help');
      expect(answer.errors).not.toContain('    at ');
    },
  );

  const empty: [line: string, words: string[]][] = [
    ['the user', ['device', 'list', '']],
    ['the device', ['device', 'remove', 'kari', ' ']],
    ['the device beside --all', ['device', 'remove', 'kari', '', '--all', '--yes']],
    ['the storage', ['device', 'remove', 'kari', '--all', '--yes', '--storage', '']],
    ['the user agent', ['device', 'open-window', 'kari', '--minutes', '5', '--user-agent', '']],
    ['the user to explain', ['explain', '']],
  ];
  it.concurrent.each(empty)(
    'a command line is refused when %s is empty: that could mean all',
    async (_what, words) => {
      const answer = await runCaretaker(words, {});
      expect(answer).toMatchObject({ code: 2, output: '' });
      expect(answer.errors).toContain('It must not be empty.');
    },
  );

  it('a wrong command line names the jobs there are, or the switch of the one that is off', async () => {
    const vendors = { POINTSHARP_URL: 'http://127.0.0.1/api/', AUDIT_POCKET_ENABLED: 'false' };
    const unknown = await runCaretaker(['run', 'purge'], vendors);
    expect(unknown).toMatchObject({ code: 2, output: '' });
    expect(unknown.errors).toContain('purge-windows, refresh-timed-devices, audit-pocket');
    const off = await runCaretaker(['trigger', 'audit-pocket'], vendors);
    expect(off).toMatchObject({ code: 2, output: '' });
    expect(off.errors).toContain('AUDIT_POCKET_ENABLED=false');
  });
});

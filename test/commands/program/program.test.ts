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
  'stop',
  'pause',
  'resume',
  'doctor',
  'schedules',
  'runs',
  'history',
  'explain',
  'roster',
  'config',
  'device',
  'pocket',
  'simulate',
  'demo',
];

describe('caretaker', () => {
  it('caretaker lists every command with --help', async () => {
    const result = await runCaretaker(['--help'], {});
    expect(result).toMatchObject({ code: 0, errors: '' });
    for (const command of commands) expect(result.output).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(result.output).not.toContain(escapeCode);
  });

  it('caretaker shows the help on standard error and exits 2 when no command is given', async () => {
    const result = await runCaretaker([], {});
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain('Usage: caretaker');
  });

  it('caretaker prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await runCaretaker(['--version'], {})).toMatchObject({
      code: 0,
      output: `${version}\n`,
      errors: '',
    });
  });

  it.each([
    ['run', '4 stopped'],
    ['plan', '4 written, and would be stopped'],
    ['apply', 'Exit codes as for run'],
  ])('lists the exit codes in the help of %s', async (command, told) => {
    const result = await runCaretaker([command, '--help'], {});
    expect(result.code).toBe(0);
    expect(result.output).toContain(told);
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
    ['runs --count 0', 'It must be a whole number from 1 to 2147483647'],
    ['pocket list kari', 'It must be a whole number from 1 to 2147483647'],
    ['device set-state kari phone 2147483648', 'It must be a whole number from -2147483648 to 2147483647'],
    ['explain kari --time-zone Mars/Olympus', 'It must be an IANA time zone such as Europe/Stockholm'],
    ['simulate --pointsharp-port 65536', 'It must be a whole number from 0 to 65535'],
    ['simulate --users 1000001', 'It must be a whole number from 1 to 1000000'],
  ];
  it.concurrent.each(cases)(
    'the wrong command line "%s" exits 2 and says what is expected',
    async (line, told) => {
      const result = await runCaretaker(line.split(' '), {});
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toContain(told);
      expect(result.errors).toContain('caretaker --help');
      expect(result.errors).not.toContain('    at ');
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
      const result = await runCaretaker(words, {});
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toContain('It must not be empty.');
    },
  );

  it.each([
    ['pause purge-window', 'Did you mean purge-windows?'],
    ['resume pointshrp', 'Did you mean pointsharp?'],
    ['run purge-window', 'Did you mean purge-windows?'],
  ])('the wrong command line "%s" says what may have been meant', async (line, told) => {
    const result = await runCaretaker(line.split(' '), {});
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain(told);
  });

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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as kind from '../../../src/config/kinds/index.ts';
import type { Problem } from '../../../src/config/settings/problem.ts';
import { readGroup, readTexts } from '../../../src/config/settings/read-group.ts';
import { setting, variableName } from '../../../src/config/settings/setting.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';

const settings = {
  maxActions: setting(kind.integer(0), { doc: 'A limit.', fallback: '10' }),
  note: setting(kind.text, { doc: 'May be left out.' }),
  password: setting(kind.text, { doc: 'A secret.', secret: 'whole' }),
  redisUrl: setting(kind.redisUrl, { doc: 'A secret inside.', secret: 'in-url' }),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-group-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string | Buffer): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return path;
}

function problemsOf(environment: Record<string, string>): readonly Problem[] {
  return readGroup('APP_', settings, environment).problems;
}

describe('A group of settings', () => {
  it('a group of settings reads what is written and falls back for what is left out', () => {
    const { values, problems } = readGroup('APP_', settings, { APP_NOTE: 'hello' });
    expect(problems).toEqual([]);
    expect(values).toEqual({ maxActions: 10, note: 'hello', password: undefined, redisUrl: undefined });
  });

  it('a group of settings takes an empty variable as left out', () => {
    const { values } = readGroup('APP_', settings, {
      APP_MAX_ACTIONS: '',
      APP_NOTE: '',
      APP_PASSWORD_FILE: '',
    });
    expect(values).toMatchObject({ maxActions: 10, note: undefined, password: undefined });
  });

  it('a group of settings keeps the texts as written, secrets and defaults left out, and reads the same values from them', () => {
    const { values, texts } = readGroup('APP_', settings, {
      APP_MAX_ACTIONS: '7',
      APP_NOTE: 'hello',
      APP_PASSWORD: 'canary',
    });
    expect(texts).toEqual({ maxActions: '7', note: 'hello' });
    expect(readTexts('APP_', settings, texts)).toEqual({ ...values, password: undefined });
  });

  it('a group of settings says which text of a run cannot be read any more', () => {
    const read = () => readTexts('APP_', settings, { maxActions: 'many' });
    expect(read).toThrow(OperatorError);
    expect(read).toThrow(
      'The policy of this run cannot be used: APP_MAX_ACTIONS: expected a whole number of 0 or more; found "many". ' +
        'Start the run again.',
    );
  });

  it('a group of settings names its variables in upper snake case', () => {
    expect(variableName('REFRESH_TIMED_DEVICES_', 'activeWithin')).toBe(
      'REFRESH_TIMED_DEVICES_ACTIVE_WITHIN',
    );
  });
});

describe('A secret in a file', () => {
  it.each(['canary', 'canary\n', 'canary\r\n', 'canary\n\r\n\n', '\uFEFFcanary\n'])(
    'a secret in a file is read from %j without byte order mark and the line ends behind it',
    (text) => {
      const { values, secrets } = readGroup('APP_', settings, { APP_PASSWORD_FILE: fileWith(text) });
      expect(values.password).toBe('canary');
      expect(secrets).toEqual(['canary']);
    },
  );

  it('a secret in a file keeps the blanks around it', () => {
    const { values } = readGroup('APP_', settings, { APP_PASSWORD_FILE: fileWith(' b \n\n') });
    expect(values.password).toBe(' b ');
  });

  it.each([
    ['in two lines', 'canary\nno\n'],
    ['with a tab', 'canary\tno'],
    ['with a NUL byte', 'canary\0'],
    ['in UTF-16', Buffer.from('\uFEFFcanary', 'utf16le')],
    ['in Latin-1', Buffer.from('canaryå', 'latin1')],
    ['with a C1 control character', 'canary\u0085no'],
  ])('a secret in a file is a problem %s, told without the secret', (_, content) => {
    const problems = problemsOf({ APP_PASSWORD_FILE: fileWith(content) });
    const problem =
      'expected UTF-8 text without control characters; found something else, which is not shown';
    expect(problems).toMatchObject([{ variable: 'APP_PASSWORD', kind: 'value', problem }]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  it('a secret in a variable is read as one in a file is', () => {
    const { values } = readGroup('APP_', settings, { APP_PASSWORD: 'canary\n' });
    expect(values.password).toBe('canary');
    expect(problemsOf({ APP_PASSWORD: 'a\u0007b' })).toMatchObject([{ variable: 'APP_PASSWORD' }]);
  });

  it('a secret in a file is a problem when the file is not there', () => {
    const path = join(folder, 'nowhere');
    expect(problemsOf({ APP_PASSWORD_FILE: path })).toEqual([
      {
        variable: 'APP_PASSWORD',
        kind: 'value',
        problem: `cannot be read from ${path}: no such file or directory (ENOENT)`,
        advice: 'correct APP_PASSWORD_FILE or the file',
        message: `cannot be read from ${path}: no such file or directory (ENOENT); correct APP_PASSWORD_FILE or the file`,
      },
    ]);
  });

  it('a secret in a file is a problem when the file is a folder', () => {
    const [problem] = problemsOf({ APP_PASSWORD_FILE: folder });
    expect(problem?.problem).toBe(`cannot be read from ${folder}: is a directory (EISDIR)`);
  });

  it('a secret in a file is a problem when the file is empty', () => {
    const problem = 'expected a text that is not blank; found something else, which is not shown';
    expect(problemsOf({ APP_PASSWORD_FILE: fileWith('\n') })).toEqual([
      { variable: 'APP_PASSWORD', kind: 'value', problem, message: problem },
    ]);
  });

  it('a secret in a file is a problem when the variable is set too', () => {
    expect(problemsOf({ APP_PASSWORD: 'a', APP_PASSWORD_FILE: fileWith('b') })).toEqual([
      {
        variable: 'APP_PASSWORD',
        kind: 'value',
        problem: 'is set, and so is APP_PASSWORD_FILE',
        advice: 'remove one of them',
        message: 'is set, and so is APP_PASSWORD_FILE; remove one of them',
      },
    ]);
  });

  it('a file in place of a variable is not offered for what is no secret', () => {
    expect(readGroup('APP_', settings, { APP_NOTE_FILE: fileWith('b') }).values.note).toBeUndefined();
  });
});

describe('The password in an address', () => {
  it('the password in an address is known both percent-encoded and decoded', () => {
    const { secrets } = readGroup('', settings, { REDIS_URL: 'redis://user:can%40ary@host' });
    expect(secrets).toEqual(['can%40ary', 'can@ary']);
  });

  it('the password in the address of a socket is known', () => {
    expect(readGroup('', settings, { REDIS_URL: 'unix://:canary@/run/r.sock' }).secrets).toEqual(['canary']);
  });

  it('the password in an address is not shown when the address is wrong', () => {
    const { problems } = readGroup('', settings, { REDIS_URL: 'redis://user:canary@host/main' });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });
});

describe('The headers of a secret setting', () => {
  const headers = { headers: setting(kind.headerPairs, { doc: 'Headers.', secret: 'whole' }) };
  const secretsOf = (text: string) => readGroup('APP_', headers, { APP_HEADERS: text }).secrets;

  it('the headers of a secret setting are secret word by word from eight characters on, for what is shorter may stand anywhere', () => {
    expect(secretsOf('authorization=Bearer%20abcdefgh')).toEqual(['Bearer abcdefgh', 'abcdefgh']);
    expect(secretsOf('authorization=Bearer%20abcdefg')).toEqual(['Bearer abcdefg']);
    expect(secretsOf('x-key=abcdefgh,x-tenant=abcdefg')).toEqual(['abcdefgh', 'abcdefgh']);
  });
});

it('a wrong value is shown up to its first 80 characters', () => {
  const { problems } = readGroup('APP_', settings, { APP_MAX_ACTIONS: 'x'.repeat(81) });
  expect(problems).toEqual([
    expect.objectContaining({
      variable: 'APP_MAX_ACTIONS',
      problem: `expected a whole number of 0 or more; found "${'x'.repeat(80)}"`,
    }),
  ]);
});

it('the texts of a group hold nothing for a setting that was left out', () => {
  expect(Object.keys(readGroup('APP_', settings, { APP_NOTE: 'hello' }).texts)).toEqual(['note']);
});

it('an address without a password has no secret', () => {
  expect(readGroup('', settings, { REDIS_URL: 'redis://user@host' }).secrets).toEqual([]);
});

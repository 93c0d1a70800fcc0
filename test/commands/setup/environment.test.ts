import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('../../../src/caretaker.ts', import.meta.url));
const least = {
  POINTSHARP_URL: 'https://id.example/api/',
  AUDIT_POCKET_ENABLED: 'false',
};

/** What a process that has read `.env` says of the settings, and of its own environment. */
const ownEnvironment = `
const { readEnvironment } = await import('${new URL('../../../src/commands/setup/environment.ts', import.meta.url)}');
const { CARETAKER_KEEP_RUNS: read } = readEnvironment();
const { CARETAKER_KEEP_RUNS, NODE_TLS_REJECT_UNAUTHORIZED } = process.env;
console.log(JSON.stringify({ read, CARETAKER_KEEP_RUNS, NODE_TLS_REJECT_UNAUTHORIZED }));
`;

function inFolder(
  prepare: (folder: string) => void,
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [entry, 'config', '--json'],
) {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-dotenv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  prepare(folder);
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...least, LOG_LEVEL: 'warn', ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

interface Shown {
  readonly variables: readonly { readonly variable: string; readonly value: string }[];
}

function shown(output: string, name: string): string | undefined {
  return (JSON.parse(output) as Shown).variables.find(({ variable }) => variable === name)?.value;
}

it('the file .env is read from the working directory; a variable of the environment wins', () => {
  const { status, stdout } = inFolder((folder) =>
    writeFileSync(
      join(folder, '.env'),
      'LOG_LEVEL=trace\nCARETAKER_KEEP_RUNS=7\nPOINTSHARP_URL=https://evil.example/api/\n',
    ),
  );
  expect(status).toBe(0);
  expect(shown(stdout, 'CARETAKER_KEEP_RUNS')).toBe('7');
  expect(shown(stdout, 'LOG_LEVEL')).toBe('warn');
  expect(shown(stdout, 'POINTSHARP_URL')).toBe(least.POINTSHARP_URL);
});

it('the file .env sets nothing but settings: neither Node.js nor the prototype of anything takes it up', () => {
  const { status, stderr } = inFolder((folder) =>
    writeFileSync(join(folder, '.env'), 'NODE_OPTIONS=--require=./evil.js\n__proto__=x\nconstructor=x\n'),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // Node.js asks its own environment whether certificates are to be checked.
  const found = inFolder(
    (folder) =>
      writeFileSync(join(folder, '.env'), 'CARETAKER_KEEP_RUNS=7\nNODE_TLS_REJECT_UNAUTHORIZED=0\n'),
    {},
    ['--input-type=module', '--eval', ownEnvironment],
  );
  expect(JSON.parse(found.stdout)).toEqual({ read: '7' });
});

it('a file .env that cannot be read is reported in one line', () => {
  const { status, stdout, stderr } = inFolder((folder) => mkdirSync(join(folder, '.env')));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    'caretaker: The file .env in the working directory cannot be read: is a directory (EISDIR). ' +
      'Correct its permissions, remove it, or start in another directory.\n',
  );
});

it('the first line of a file .env counts, also behind a byte order mark', () => {
  const { status, stdout } = inFolder((folder) =>
    writeFileSync(join(folder, '.env'), '\uFEFFCARETAKER_KEEP_RUNS=7\r\n'),
  );
  expect(status).toBe(0);
  expect(shown(stdout, 'CARETAKER_KEEP_RUNS')).toBe('7');
});

it('lines of a file .env that would set nothing are refused together, each with its number', () => {
  const { status, stdout, stderr } = inFolder((folder) =>
    writeFileSync(
      join(folder, '.env'),
      'CARETAKER_MODE enforce\nCARETAKER_KEEP_RUNS=7\nLOG_LEVEL: debug\nPOINTSHARP_PASSWORD=kanari#def\n',
    ),
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    [
      'caretaker: The file .env in the working directory cannot be used:',
      '  line 1 is not NAME=value',
      '  line 3 is not NAME=value',
      '  line 4 has a # in the value of POINTSHARP_PASSWORD, which would end there: put the value into quotes',
      'Each line is NAME=value, a comment that begins with #, or blank.',
      '',
    ].join('\n'),
  );
});

it('a file .env in UTF-16 is refused in one line', () => {
  const { status, stderr } = inFolder((folder) =>
    writeFileSync(join(folder, '.env'), '\uFEFFLOG_LEVEL=debug\n', 'utf16le'),
  );
  expect(status).toBe(2);
  expect(stderr).toBe(
    'caretaker: The file .env in the working directory is not UTF-8 text: it contains NUL bytes, as UTF-16 does. Save it as UTF-8.\n',
  );
});

it('what Kubernetes adds for a service named ops neither sets OPS_PORT nor hides the one in the file .env', () => {
  const link = { OPS_PORT: 'tcp://10.43.0.7:9090' };
  const without = inFolder(() => {}, link);
  expect(without.status).toBe(0);
  expect(shown(without.stdout, 'OPS_PORT')).toBe('');
  const { status, stdout } = inFolder(
    (folder) => writeFileSync(join(folder, '.env'), 'OPS_PORT=8080\n'),
    link,
  );
  expect(status).toBe(0);
  expect(shown(stdout, 'OPS_PORT')).toBe('8080');
});

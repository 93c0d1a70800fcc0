import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('../../src/caretaker.ts', import.meta.url));
const least = {
  POINTSHARP_URL: 'https://id.example/api/',
  AUDIT_POCKET_ENABLED: 'false',
};

function inFolder(prepare: (folder: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-dotenv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  prepare(folder);
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'config', '--json'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...least, LOG_LEVEL: 'warn' },
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

it('a .env is read from the working directory; what the environment has already wins', () => {
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

it('a .env sets nothing but settings: neither Node.js nor the prototype of anything takes it up', () => {
  const { status, stderr } = inFolder((folder) =>
    writeFileSync(join(folder, '.env'), 'NODE_OPTIONS=--require=./evil.js\n__proto__=x\nconstructor=x\n'),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('a .env that cannot be read is told in one line', () => {
  const { status, stdout, stderr } = inFolder((folder) => mkdirSync(join(folder, '.env')));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    'caretaker: The file .env in the working directory cannot be read (EISDIR); mend it or start elsewhere.\n',
  );
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaretaker } from '../support/caretaker.ts';
import { escapeCode } from './streams.ts';

interface ConfigOutput {
  readonly variables: readonly {
    readonly variable: string;
    readonly value: string;
    readonly source: string;
  }[];
  readonly warnings: readonly string[];
}

const secret = 'canary-of-config';
let folder: string;
let environment: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-test-'));
  const file = join(folder, 'token');
  writeFileSync(file, `${secret}\n`);
  environment = {
    REDIS_URL: `redis://worker:${secret}@redis.example:6380/2`,
    POINTSHARP_URL: 'http://pointsharp.example/api/',
    POINTSHARP_AUTH: 'basic',
    POINTSHARP_USERNAME: 'svc',
    POINTSHARP_PASSWORD: secret,
    POINTSHARP_HEADER_VALUE: secret,
    POINTSHARP_KEY_PASSPHRASE: secret,
    SUPEROFFICE_URL: 'https://crm.example/SuperOffice/api',
    SUPEROFFICE_AUTH: 'bearer',
    SUPEROFFICE_PASSWORD: secret,
    SUPEROFFICE_TOKEN_FILE: file,
    SUPEROFFICE_COOKIE: `session=${secret}`,
    SUPEROFFICE_APP_TOKEN: secret,
    SUPEROFFICE_HANDLE_KEY: secret,
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('caretaker config', () => {
  it('caretaker config shows every value in effect and where it comes from, with every secret masked', async () => {
    const result = await runCaretaker(['config', '--json'], environment);
    expect(result.code).toBe(0);
    expect(result.output + result.errors).not.toContain(secret);
    const { variables, warnings } = result.json<ConfigOutput>();
    const shown = Object.fromEntries(
      variables.map(({ variable, value, source }) => [variable, [value, source]]),
    );
    const masked = '********';
    expect(shown).toMatchObject({
      REDIS_URL: [`redis://worker:${masked}@redis.example:6380/2`, 'environment'],
      CARETAKER_MODE: ['observe', 'default'],
      CARETAKER_ROSTER: ['', 'not set'],
      POINTSHARP_PASSWORD: [masked, 'environment'],
      POINTSHARP_HEADER_VALUE: [masked, 'environment'],
      POINTSHARP_KEY_PASSPHRASE: [masked, 'environment'],
      SUPEROFFICE_PASSWORD: [masked, 'environment'],
      SUPEROFFICE_TOKEN: [masked, 'file'],
      SUPEROFFICE_COOKIE: [masked, 'environment'],
      SUPEROFFICE_APP_TOKEN: [masked, 'environment'],
      SUPEROFFICE_HANDLE_KEY: [masked, 'environment'],
    });
    expect(warnings).toEqual([expect.stringContaining('POINTSHARP_URL: uses http')]);
  });

  it('prints a table on standard output, and warnings on standard error', async () => {
    const result = await runCaretaker(['config'], environment);
    expect(result.code).toBe(0);
    expect(result.output).toMatch(/^variable +value +from$/m);
    expect(result.output).toMatch(/^POINTSHARP_PASSWORD +\*{8} +environment$/m);
    expect(result.errors).toMatch(/^warning: POINTSHARP_URL: uses http/);
    expect(result.output + result.errors).not.toContain(secret);
    expect(result.output).not.toContain(escapeCode);
  });

  it('caretaker config names everything that is wrong and exits 2, without showing a secret', async () => {
    const wrong = { ...environment, REDIS_URL: `rediss://worker:${secret}@:99999`, CARETAKER_MODE: 'force' };
    const result = await runCaretaker(['config'], wrong);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain('  REDIS_URL: expected redis://');
    expect(result.errors).toContain('  CARETAKER_MODE: expected observe or enforce; found "force"');
    expect(result.errors).not.toContain(secret);
  });

  it.each([
    ['--reference', 'configuration.md'],
    ['--queue-contract', 'queue-contract.md'],
  ])('caretaker config prints with %s the page docs/%s, whatever is configured', async (option, page) => {
    const result = await runCaretaker(['config', option], { CARETAKER_MODE: 'force' });
    expect(result).toMatchObject({ code: 0, errors: '' });
    expect(result.output).toBe(readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8'));
  });
});

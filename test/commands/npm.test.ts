import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 20 });
});
afterAll(() => endToEnd.close());

/** The way of README.md to call the program in a checkout, up to the words for it. */
function wayOfReadme(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, way = ''] = /`(npm run [^`]*caretaker -- )…`/.exec(readme) ?? [];
  expect(way).not.toBe('');
  return way;
}

function inCheckout(line: string, extra: Readonly<Record<string, string>> = {}) {
  const environment = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: endToEnd.folder,
    ...endToEnd.environment,
    ...extra,
  };
  return startProgram(['sh', '-c', `cd "$ROOT" && ${line}`], { ROOT: root, ...environment }).ended;
}

it('a command that is called as README.md says prints nothing but its JSON', async () => {
  const result = await inCheckout(`${wayOfReadme()}run audit-pocket --json`);
  expect(result.json()).toMatchObject({ run: { job: 'audit-pocket' } });
  expect(result.code).toBe(0);
});

it('a command that is called as README.md says ends with its own exit code, and npm adds nothing to its errors', async () => {
  const result = await inCheckout(`${wayOfReadme()}run audit-pocket --json`, { CARETAKER_MODE: 'force' });
  expect(result).toMatchObject({ code: 2, output: '' });
  expect(result.errors).toMatch(/^caretaker: .*CARETAKER_MODE/s);
  expect(result.errors).not.toContain('npm');
});

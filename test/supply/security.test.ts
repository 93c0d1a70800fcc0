import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');

/** Claims by line: rows of a table whose last column says by what it is shown. */
function claims(text: string): string[] {
  const rows: string[] = [];
  let isClaims = false;
  for (const padded of text.split('\n')) {
    const line = padded.replace(/ +\|$/, ' |');
    if (!line.startsWith('|')) isClaims = false;
    else if (/\| shown by \|$/.test(line)) isClaims = true;
    else if (isClaims && !/^[|\s-]+$/.test(line)) rows.push(line);
  }
  return rows;
}

/** What is wrong with a claim: its last column has to name a test by its file and by words of its title. */
function problemOf(claim: string): string | undefined {
  const [, file, words] = /\| `(test\/[\w./-]+\.ts)` “([^”]+)” \|$/.exec(claim) ?? [];
  if (file === undefined || words === undefined) return `names no test: ${claim}`;
  if (!existsSync(join(root, file))) return `there is no ${file}: ${claim}`;
  return readFileSync(join(root, file), 'utf8').includes(words)
    ? undefined
    : `${file} says nothing of “${words}”`;
}

it('every claim of SECURITY.md names a test that is there', () => {
  expect(claims(page).length).toBeGreaterThan(40);
  expect(claims(page).flatMap((claim) => problemOf(claim) ?? [])).toEqual([]);
});

it('every file that SECURITY.md names is there', () => {
  const files = [...page.matchAll(/`?((?:test|src|docs|k8s)\/[\w./-]+\.\w+)`?/g)].map(
    ([, file = '']) => file,
  );
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('every variable that SECURITY.md names is known', () => {
  const known = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const names = [
    ...page.matchAll(/`((?:CARETAKER|OPS|REDIS|POINTSHARP|SUPEROFFICE|REFRESH_TIMED_DEVICES)_[A-Z_]+)`/g),
  ];
  expect(names.map(([, name = '']) => name).filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
});

const head = '| what holds | shown by |\n| --- | --- |\n';

it.each([
  ['no test', '| all is well | |', 'names no test'],
  [
    'a file that is not there',
    '| all is well | `test/none.test.ts` “all is well” |',
    'there is no test/none.test.ts',
  ],
  ['a title that is not there', '| all is well | `test/log.test.ts` “all is well” |', 'says nothing of'],
])('a claim of a security page with %s is found', (_what, claim, problem) => {
  expect(claims(`${head}${claim}\n`)).toEqual([claim]);
  expect(problemOf(claim)).toContain(problem);
});

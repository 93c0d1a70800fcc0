import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type SecurityClaim, securityClaims } from './security-claims.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');

/** What is wrong with a claim: its last column has to name a test by its file and by words of its title. */
function problemOf({ line, test, words }: SecurityClaim): string | undefined {
  if (test === undefined || words === undefined) return `names no test: ${line}`;
  if (!existsSync(join(root, test))) return `there is no ${test}: ${line}`;
  return readFileSync(join(root, test), 'utf8').includes(words)
    ? undefined
    : `${test} says nothing of “${words}”`;
}

it('every claim of SECURITY.md names a test that is there', () => {
  const claims = securityClaims(page);
  expect(claims.length).toBeGreaterThan(40);
  expect(claims.flatMap((claim) => problemOf(claim) ?? [])).toEqual([]);
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
  const [found, ...more] = securityClaims(`${head}${claim}\n`);
  expect(found?.line).toBe(claim);
  expect(more).toEqual([]);
  expect(found && problemOf(found)).toContain(problem);
});

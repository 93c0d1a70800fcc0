import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { securityClaims } from '../supply/security-claims.ts';
import { type Defence, takenOut } from './defence.ts';
import { defences } from './defences.ts';
import { undefended } from './undefended.ts';

/*
 * `npm run test:defences` takes minutes and is run by hand. Here it is only seen that it has something to try for every
 * claim, and that what is to be taken out is still there.
 */

const root = join(import.meta.dirname, '../..');
const nameOf = ({
  test,
  words,
}: {
  readonly test?: string | undefined;
  readonly words?: string | undefined;
}) => `${test} “${words}”`;
const claims = securityClaims(readFileSync(join(root, 'SECURITY.md'), 'utf8'));
const readProject = (file: string) => readFileSync(join(root, file), 'utf8');

/** What is wrong with a defence: what is to be taken out has to be there once, and has to leave what can run. */
function problemsOf({ test, without }: Defence, read: (file: string) => string): string[] {
  const texts = new Map<string, string>();
  const problems: string[] = [];
  for (const edit of without) {
    const { file } = edit;
    if (file === test) problems.push(`${file} is the test itself`);
    try {
      texts.set(file, takenOut(texts.get(file) ?? read(file), edit));
    } catch (error) {
      problems.push(String(error));
    }
  }
  for (const [file, text] of texts) {
    if (!file.endsWith('.ts')) continue;
    try {
      stripTypeScriptTypes(text);
    } catch (error) {
      problems.push(`${file} cannot run any more: ${error}`);
    }
  }
  return problems;
}

it('every claim of SECURITY.md has a defence that is taken out, or a reason why there is none', () => {
  const tried = new Set([...defences.map(nameOf)]);
  const without = claims.filter((claim) => !tried.has(nameOf(claim)) && !(`${claim.words}` in undefended));
  expect(without.map(nameOf)).toEqual([]);
});

it('every defence that is taken out, and every reason why there is none, is of a claim of SECURITY.md', () => {
  const claimed = new Set(claims.map(nameOf));
  expect(defences.map(nameOf).filter((name) => !claimed.has(name))).toEqual([]);
  const words = claims.map((claim) => claim.words);
  expect(Object.keys(undefended).filter((one) => !words.includes(one))).toEqual([]);
  const tried = new Set(defences.map((one) => one.words));
  expect(Object.keys(undefended).filter((one) => tried.has(one))).toEqual([]);
});

it('every defence stands exactly once in its file, which can still run without it', () => {
  expect(defences.length).toBeGreaterThan(100);
  expect(defences.flatMap((one) => problemsOf(one, readProject))).toEqual([]);
});

const door = "export const isOpen = (key: string) => key === 'right';\n";
const doorOf = (text: string, instead = '') => ({
  test: 'test/door.test.ts',
  words: 'is closed',
  without: [{ file: 'src/door.ts', text, instead }],
});

it.each([
  ['nothing, where it is there once', doorOf("key === 'right'", 'true'), []],
  ['that it is gone', doorOf("key === 'left'", 'true'), ["does not hold exactly once: key === 'left'"]],
  ['that it is there twice', doorOf('key', 'lock'), ['does not hold exactly once: key']],
  ['that nothing can run without it', doorOf("key === 'right'"), ['cannot run any more']],
  [
    'that it is a part of its test',
    { ...doorOf("key === 'right'", 'true'), test: 'src/door.ts' },
    ['is the test itself'],
  ],
])('the check of what is taken out finds %s', (_what, one, expected) => {
  expect(problemsOf(one, () => door)).toEqual(expected.map((text) => expect.stringContaining(text)));
});

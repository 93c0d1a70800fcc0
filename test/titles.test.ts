import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** A title stands behind `it(` or `test(`, or behind the table of an `each` or a `for`; a `describe` is no test. */
const titleOfTest =
  /(?:\b(?:it|test)(?:\.concurrent)?|(?<!\bdescribe\.each\([^\n]*)\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1,\s*(?:async\b|\(|\w+ =>)/gs;
/** Words that go on with a sentence which a `describe` has begun: a log of failures may show the title alone. */
const goesOn = /^(?:is|are|was|were|has|have|had|may|can|cannot|does|do|will|says|shows|names|tells|of)\b/;
const leastWords = 4;

function titlesIn(text: string): string[] {
  return [...text.matchAll(titleOfTest)].map(([, , title = '']) => title);
}

function isSentence(title: string): boolean {
  return title.split(/\s+/).length >= leastWords && !goesOn.test(title);
}

it('the title of every test is a sentence that can be understood without its file', () => {
  const titles = globSync('test/**/*.test.ts', { cwd: root }).flatMap((file) =>
    titlesIn(readFileSync(join(root, file), 'utf8')).map((title) => ({ file, title })),
  );
  expect(titles.length).toBeGreaterThan(900);
  expect(titles.filter(({ title }) => !isSentence(title))).toEqual([]);
});

it.each([
  ['is kept for the first reason in order', false],
  ['may be left out when nobody needs it', false],
  ['%s is told', false],
  ['a table of weeks ends with the sums', true],
  ['caretaker tells its version', true],
])('the check of titles judges whether %j is a sentence: %s', (title, expected) => {
  expect(isSentence(title)).toBe(expected);
});

it('the check of titles finds those of single tests and of tables, and no others', () => {
  const written = [
    `${'describe'}('a room', () => {`,
    `  ${'it'}('one', async () => {`,
    `  ${'test'}.each<[string]>([`,
    "    ['row'],",
    `  ])${'('}'two', (row) => {`,
    `  ${'it'}.each(rows)${'('}`,
    "    'three',",
    '    (row) => {',
    `${'describe'}.each(rows)${'('}'no test', (row) => {`,
  ];
  expect(titlesIn(written.join('\n'))).toEqual(['one', 'two', 'three']);
});

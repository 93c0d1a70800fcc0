import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/*
 * Errors are data: a program decides by an error's class and its fields. Nobody takes a sentence apart again, because the
 * next who words it better would change what the program does.
 */

/** How code looks that reads a sentence or a name to decide. Where its lines end is layout, and may be asked. */
const reading: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'reads a message',
    /\b(?:message|reason|failedReason|advice|problem)\??\.(?:includes|startsWith|endsWith|match|matchAll|indexOf|search|split)\((?!'\\n')/g,
  ],
  [
    'tests a message with a regular expression',
    /\.(?:test|exec)\(\s*(?:String\()?[\w.?]*\b(?:message|reason|failedReason|said)\b/g,
  ],
  [
    'compares the name of an error',
    /\b(?:error|err|cause|thrown|reason)\??\.name\s*[!=]==?|\[(?:error|err|thrown)\.name\]|\.includes\((?:error|err|thrown)\.name\)/g,
  ],
  ['compares a message', /\b(?:error|err|cause|thrown)\??\.message\s*[!=]==?/g],
];

/**
 * The only places where a text of others is all there is: Redis has no codes, only first words; and what a vendor's server
 * says in a page.
 */
const readers = ['src/redis/errors.ts', 'src/clients/errors/response-failure.ts'];

/** Errors that no person meets: they only lead the way of a batch. Everything else is an OperatorError. */
const controlFlow = ['OperatorError', 'HandedBack', 'VendorHeld'];

function problems(file: string, text: string): string[] {
  const code = text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replace(/(^|\s)\/\/.*$/gm, '');
  const found = readers.includes(file)
    ? []
    : reading.flatMap(([what, pattern]) =>
        [...code.matchAll(pattern)].map(([part]) => `${file} ${what}: ${part}`),
      );
  const bare = [...code.matchAll(/class (\w+) extends Error\b/g)]
    .map(([, name = '']) => name)
    .filter((name) => !controlFlow.includes(name));
  return [...found, ...bare.map((name) => `${file}: ${name} is no OperatorError`)];
}

it('no code of src reads a message or the name of an error to decide, and every error for people is an OperatorError', () => {
  const root = join(import.meta.dirname, '..');
  const files = globSync('src/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => problems(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

it.each([
  ["if (error.message.includes('READONLY')) return;", 'reads a message'],
  ["if (reason.startsWith('held')) return;", 'reads a message'],
  ['if (error?.message?.match(/x/)) return;', 'reads a message'],
  ['if (/held/.test(error.message)) return;', 'tests a message'],
  ['if (pattern.test(said)) return;', 'tests a message'],
  ["if (error.name === 'AbortError') return;", 'compares the name'],
  ["if (err.name !== 'Error') return;", 'compares the name'],
  ['const end = ends[error.name];', 'compares the name'],
  ['if (plain.includes(error.name)) return;', 'compares the name'],
  ["if (error.message === 'gone') return;", 'compares a message'],
  ['class Gone extends Error {}', 'is no OperatorError'],
])('code that decides by a text is found: %s', (code, what) => {
  expect(problems('src/jobs/a.ts', code)).toEqual([expect.stringContaining(what)]);
});

it.each([
  'if (error instanceof RedisError) return error.advice;',
  "if (errorCode(error) === 'ENOENT') return;",
  'log.warn({ reason: error.message }, text);',
  'class Refused extends VendorError {}',
  'class HandedBack extends Error {}',
  "// if (error.message.includes('x'))",
])('code that decides by data is left alone: %s', (code) => {
  expect(problems('src/jobs/a.ts', code)).toEqual([]);
});

it('the places that read texts of others are still there', () => {
  for (const file of readers)
    expect(globSync(file, { cwd: join(import.meta.dirname, '..') })).toEqual([file]);
});

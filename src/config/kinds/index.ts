import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import { type Kind, listOf, trimmed } from './kind.ts';

export * from './address.ts';
export * from './header.ts';
export * from './number.ts';
export * from './pattern.ts';
export * from './time.ts';

/** Any text that is not blank, taken as it is. */
export const text: Kind<string> = {
  expected: 'a text that is not blank',
  schema: z.string().regex(/\S/),
};

/** A secret that cannot be guessed by trying. */
export const secretText: Kind<string> = {
  expected: 'at least 16 characters, none of them a blank',
  schema: trimmed.regex(/^\S{16,}$/),
};

/** `true` or `false`. */
export const flag: Kind<boolean> = {
  expected: 'true or false',
  schema: trimmed.pipe(z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })),
};

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly [T, ...T[]]): Kind<T> {
  const expected = words.join(', ').replace(/, (?!.*, )/, ' or ');
  return { expected, schema: trimmed.pipe(z.enum(words)) };
}

/** Texts of any kind, separated by commas. */
export const texts: Kind<readonly string[]> = {
  expected: 'one or more texts, separated by commas',
  schema: listOf(z.string()),
};

/** Words, separated by commas. */
export function someOf<const T extends string>(...words: readonly [T, ...T[]]): Kind<readonly T[]> {
  return {
    expected: `one or more of ${words.join(', ')}, separated by commas`,
    schema: listOf(z.enum(words)).transform((found) => [...new Set(found)]),
  };
}

/** A file that can be read. */
export const file: Kind<string> = {
  expected: 'the path of a file that can be read',
  schema: trimmed.refine(isReadableFile),
};

const versionText = trimmed.regex(/^\d+(\.\d+){0,3}$/);

/** Versions: up to four numbers separated by dots. */
export const version: Kind<string> = {
  expected: 'a version such as 10.2.7',
  schema: versionText,
};

/** A smallest version for each of some names, names in lower case: `ios=15,android=9`. */
export const versionsByName: Kind<ReadonlyMap<string, string>> = {
  expected: 'names with their smallest version such as "ios=15,android=9"',
  schema: listOf(
    z
      .string()
      .transform((word) => word.split('='))
      .pipe(z.tuple([trimmed.min(1).toLowerCase(), versionText])),
  ).transform((pairs) => new Map(pairs)),
};

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import { type Kind, parsed, splitList } from './kind.ts';

export * from './address.ts';
export * from './time.ts';
export * from './traces.ts';

/** Any text that is not blank, taken as it is. */
export const text: Kind<string> = {
  expected: 'a text that is not blank',
  schema: z.string().refine((value) => value.trim() !== ''),
};

/** A secret that cannot be guessed by trying. */
export const secretText: Kind<string> = {
  expected: 'at least 16 characters, none of them a blank',
  schema: parsed((value) => (/^\S{16,}$/.test(value) ? value : undefined)),
};

/** `true` or `false`. */
export const flag: Kind<boolean> = {
  expected: 'true or false',
  schema: parsed((value) => (value === 'true' ? true : value === 'false' ? false : undefined)),
};

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly [T, ...T[]]): Kind<T> {
  const expected = words.join(', ').replace(/, (?!.*, )/, ' or ');
  return { expected, schema: parsed((value) => words.find((word) => word === value)) };
}

/** Words, separated by commas. */
export function someOf<const T extends string>(...words: readonly [T, ...T[]]): Kind<readonly T[]> {
  return {
    expected: `one or more of ${words.join(', ')}, separated by commas`,
    schema: parsed((value) => {
      const found = splitList(value);
      const right = found.filter((word): word is T => words.some((known) => known === word));
      return found.length > 0 && right.length === found.length ? [...new Set(right)] : undefined;
    }),
  };
}

/** A whole number within bounds, both included. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  return {
    expected: `a whole number ${range}`,
    schema: parsed((value) => {
      const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
      return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined;
    }),
  };
}

/** Whole numbers, separated by commas. */
export const integers: Kind<readonly number[]> = {
  expected: 'whole numbers, separated by commas',
  schema: parsed((value) => {
    const words = splitList(value);
    return words.length > 0 && words.every((word) => /^-?\d{1,10}$/.test(word))
      ? words.map(Number)
      : undefined;
  }),
};

/** A share between 0 and 1. */
export const share: Kind<number> = {
  expected: 'a number from 0 to 1',
  schema: parsed((value) => {
    const number = readDecimal(value);
    return number !== undefined && number <= 1 ? number : undefined;
  }),
};

/** A number of 0 or more, fractions allowed. */
export const amount: Kind<number> = { expected: 'a number of 0 or more', schema: parsed(readDecimal) };

/** A file that can be read. */
export const file: Kind<string> = {
  expected: 'the path of a file that can be read',
  schema: parsed((value) => (isReadableFile(value) ? value : undefined)),
};

/** Regular expressions, one a comma; a comma inside one is written `\x2C`. */
export const patterns: Kind<readonly RegExp[]> = {
  expected: 'regular expressions separated by commas (a comma inside one is written \\x2C)',
  schema: parsed((value) => {
    try {
      const words = splitList(value);
      return words.length > 0 ? words.map((word) => new RegExp(word, 'iu')) : undefined;
    } catch {
      return undefined;
    }
  }),
};

/** Versions: up to four numbers separated by dots. */
export const version: Kind<string> = {
  expected: 'a version such as 10.2.7',
  schema: parsed((value) => (isVersion(value) ? value : undefined)),
};

/** A smallest version for each of some names, names in lower case: `ios=15,android=9`. */
export const versionsByName: Kind<ReadonlyMap<string, string>> = {
  expected: 'names with their smallest version such as "ios=15,android=9"',
  schema: parsed((value) => {
    const pairs = splitList(value).map((word) => word.split('=').map((part) => part.trim()));
    const right = pairs.every(([name, least, ...more]) => name && isVersion(least) && more.length === 0);
    if (!right || pairs.length === 0) return;
    return new Map(pairs.map(([name = '', least = '']) => [name.toLowerCase(), least]));
  }),
};

function readDecimal(value: string): number | undefined {
  return /^\d{1,9}(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function isVersion(value: string | undefined): boolean {
  return value !== undefined && /^\d+(\.\d+){0,3}$/.test(value);
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

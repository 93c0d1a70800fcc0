import { RE2JS } from 're2js';
import { z } from 'zod';
import { type Kind, listOf } from './kind.ts';

/**
 * A regular expression of the operator, which takes upper and lower case for equal. It takes time in proportion to the
 * text, whatever the pattern: one of JavaScript's own, such as `(a+)+$`, can hold up a worker for hours.
 */
export interface Pattern {
  /** As it was written. */
  readonly source: string;
  /** Whether the pattern is found in the text. */
  isIn(text: string): boolean;
}

/** Regular expressions, one a comma; a comma inside one is written `\\x2C`. */
export const patterns: Kind<readonly Pattern[]> = {
  expected:
    'regular expressions as RE2 has them (no look-around, no back-references, at most 1000 instructions), separated by commas (a comma inside one is written \\x2C)',
  schema: listOf(
    z.string().transform((source, { addIssue }): Pattern => {
      const pattern = readPattern(source);
      if (!pattern) addIssue({ code: 'custom' });
      return { source, isIn: (text) => pattern?.test(text) ?? false };
    }),
  ),
};

/** Time grows with the pattern, too: this many keep a worker busy for a quarter of a second with the longest text. */
const mostInstructions = 1000;

function readPattern(source: string): RE2JS | undefined {
  try {
    const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return pattern.programSize() > mostInstructions ? undefined : pattern;
  } catch {
    return undefined;
  }
}

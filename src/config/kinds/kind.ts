import { z } from 'zod';

/** A kind of value: how its text is read and what is expected of it. */
export interface Kind<T> {
  readonly schema: z.ZodType<T, string>;
  /** What a right value looks like, for errors and the reference page: `an ISO 8601 duration such as P30D`. */
  readonly expected: string;
}

/** A text; blanks around it do not count. */
export const trimmed = z.string().trim();

/** Texts separated by commas, one or more; empty ones do not count. */
export function listOf<T>(word: z.ZodType<T, string>): z.ZodType<T[], string> {
  return trimmed.transform(splitList).pipe(z.array(word).min(1));
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

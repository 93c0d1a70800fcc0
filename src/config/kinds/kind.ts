import { z } from 'zod';

/** A kind of value: how its text is read and what is expected of it. */
export interface Kind<T> {
  readonly schema: z.ZodType<T, string>;
  /** What a right value looks like, for errors and the reference page: `an ISO 8601 duration such as P30D`. */
  readonly expected: string;
}

/** The schema of a text that `read` understands; blanks around it do not count, `undefined` means that it is wrong. */
export function parsed<T>(read: (value: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    const result = read(value.trim());
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: 'is not as expected' });
    return z.NEVER;
  });
}

/** The words of a list with commas; empty ones do not count. */
export function splitList(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

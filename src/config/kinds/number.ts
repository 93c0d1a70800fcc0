import { z } from 'zod';
import { type Kind, listOf, trimmed } from './kind.ts';

// z.coerce.number() would take 1e3, 0x10 and an empty text too, so that each kind says which digits it takes.
const decimal = trimmed.regex(/^\d{1,9}(\.\d+)?$/).transform(Number);

/** A whole number within bounds, both included. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  return {
    expected: `a whole number ${range}`,
    schema: trimmed
      .regex(/^-?\d+$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
  };
}

/** Whole numbers, separated by commas. */
export const integers: Kind<readonly number[]> = {
  expected: 'whole numbers, separated by commas',
  schema: listOf(
    z
      .string()
      .regex(/^-?\d{1,10}$/)
      .transform(Number),
  ),
};

/** A share between 0 and 1. */
export const share: Kind<number> = {
  expected: 'a number from 0 to 1',
  schema: decimal.pipe(z.number().max(1)),
};

/** A number of 0 or more, fractions allowed. */
export const amount: Kind<number> = { expected: 'a number of 0 or more', schema: decimal };

import { z } from 'zod';
import { OperatorError } from '../../domain/operator-error.ts';

/** What is said of something wrong goes into Redis and into the log: ten thousand wrong users are no book. */
const longestComplaint = 500;

/** Something in Redis that is not what this program writes there. It costs only what it belongs to. */
export class UnreadableRecord extends OperatorError {
  override readonly name = 'UnreadableRecord';

  constructor(what: string, why: string) {
    super({
      problem: `${what} in Redis cannot be read: ${why}.`,
      advice: 'Another program or another version of device-caretaker wrote it; start the run again.',
    });
  }
}

/**
 * Reads what came back from Redis; a type alone would be a promise that nobody keeps.
 *
 * @param what how to call it in messages, as the beginning of a sentence
 * @throws UnreadableRecord when it has another shape
 */
export function parseRecord<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UnreadableRecord(what, complaint(result.error));
}

/** As `parseRecord`, for a record that is kept as a text of JSON; undefined when it cannot be read. */
export function parseText<T>(schema: z.ZodType<T>, text: string): T | undefined {
  return jsonText(schema).safeParse(text).data;
}

/** A text of JSON; read, it is parsed and checked. */
export function jsonText<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('expected a text of JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** What is wrong with it, in one short line. */
export function complaint(error: z.ZodError): string {
  const whole = z.prettifyError(error).replace(/\s+/g, ' ');
  return whole.length <= longestComplaint ? whole : `${whole.slice(0, longestComplaint).toWellFormed()} …`;
}

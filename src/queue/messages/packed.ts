import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { jsonText } from './parse.ts';

/*
 * What batches bring and hand over lies in Redis for as long as a run is under way, and its rows are much alike: packed, a
 * million users cost a third of it, and about a hundredth of the CPU time that they cost anyway.
 */

/** Of the compression: `fast` for what goes with its batch, `small` (by a tenth, for twice the time) for what stays with the run. */
const levels = { fast: 1, small: 5 } as const;
/** A batch that unpacks to more was not packed here. Bytes. */
const mostBytes = 256 * 1024 * 1024;

/** Packs a text of JSON. */
export function pack(json: string, how: keyof typeof levels): string {
  return deflateRawSync(json, { level: levels[how] }).toString('base64');
}

/** The text of JSON that was packed; undefined when the text is no such thing. */
export function unpack(packed: string): string | undefined {
  try {
    return inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: mostBytes }).toString();
  } catch {
    return undefined;
  }
}

/** A value that was packed; read, it is unpacked and checked. */
export function packed<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text) => unpack(text) ?? '')
    .pipe(jsonText(schema));
}

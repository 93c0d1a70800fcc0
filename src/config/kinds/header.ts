import { z } from 'zod';
import { type Kind, listOf, trimmed } from './kind.ts';

const name = /^[\w!#$%&'*+.^`|~-]+$/;
const value = /^[\t\x20-\x7e\xa0-\xff]+$/;

/** The name of an HTTP header. */
export const headerName: Kind<string> = {
  expected: 'the name of an HTTP header such as X-Api-Key',
  schema: trimmed.regex(name),
};

/** What can stand in an HTTP header. */
export const headerValue: Kind<string> = {
  expected: 'a text without line breaks, control characters or characters beyond Latin-1',
  schema: trimmed.regex(value),
};

/** Cookies as they stand in the header Cookie. */
export const cookies: Kind<string> = {
  expected: 'a cookie such as name=value, or several separated by semicolons',
  schema: trimmed.regex(value).regex(/^[^\s=;,"]+=[^;]+(?:;\s*[^\s=;,"]+=[^;]+)*$/),
};

/** Headers as OpenTelemetry writes them, by name; the result is decoded. */
export const headerPairs: Kind<ReadonlyMap<string, string>> = {
  expected: 'name=value pairs separated by commas, values percent-encoded such as Authorization=Bearer%20abc',
  schema: listOf(
    z
      .string()
      .transform(readPair)
      .pipe(z.tuple([z.string().regex(name), z.string().regex(value)])),
  ).transform((pairs) => new Map(pairs)),
};

function readPair(text: string): readonly string[] | undefined {
  const [, found = '', encoded = ''] = /^([^\s=]+)\s*=\s*(.*)$/.exec(text) ?? [];
  try {
    return [found, decodeURIComponent(encoded)];
  } catch {
    return undefined;
  }
}

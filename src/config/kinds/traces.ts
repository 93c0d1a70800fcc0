import { type Kind, parsed, splitList } from './kind.ts';

/** The address of a collector of traces. What signs in there is a header. */
export const collectorUrl: Kind<URL> = {
  expected: 'an http or https address without user, query or fragment',
  schema: parsed((value) => {
    const url = URL.parse(value);
    if (!url || !/^https?:$/.test(url.protocol)) return;
    return url.username || url.password || url.search || url.hash ? undefined : url;
  }),
};

/** Headers as OpenTelemetry writes them, by name; the result is decoded. */
export const headerPairs: Kind<ReadonlyMap<string, string>> = {
  expected: 'name=value pairs separated by commas, values percent-encoded such as Authorization=Bearer%20abc',
  schema: parsed((value) => {
    const pairs = splitList(value).map(readPair);
    const right = pairs.filter((pair) => pair !== undefined);
    return right.length > 0 && right.length === pairs.length ? new Map(right) : undefined;
  }),
};

function readPair(text: string): [name: string, value: string] | undefined {
  const [, name = '', encoded = ''] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*)$/.exec(text) ?? [];
  try {
    const value = decodeURIComponent(encoded);
    return /^[\t\x20-\x7e\xa0-\xff]+$/.test(value) ? [name, value] : undefined;
  } catch {
    return undefined;
  }
}

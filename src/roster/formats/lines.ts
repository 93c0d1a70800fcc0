import type { Encoding } from './encoding.ts';

/** The longest row that is read, in characters; a longer one is no user. It also bounds what a binary file costs. */
export const maxRowLength = 64 * 1024;

/** Lines that follow each other, without their ends. A line that is too long is cut to one character over the limit. */
export interface Lines {
  /** Number of the first of them in the file, counted from 1. */
  readonly first: number;
  readonly texts: readonly string[];
  /** The last of them has no end: it is the last of the input, and may be a part of a longer one. */
  readonly isOpen?: true;
}

/** Cuts bytes into lines; the byte order mark is left out. A carriage return before a line's end stays. */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Lines> {
  const decoder = new TextDecoder(encoding);
  let first = 1;
  let rest = '';
  for await (const bytes of input) {
    const texts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = cut(texts.pop() ?? '');
    if (texts.length === 0) continue;
    yield { first, texts: texts.map(cut) };
    first += texts.length;
  }
  const last = cut(rest + decoder.decode());
  if (last === '') return;
  // With its carriage return a line is whole.
  yield { first, texts: [last], ...(last.endsWith('\r') ? {} : { isOpen: true }) };
}

function cut(text: string): string {
  return text.length > maxRowLength ? text.slice(0, maxRowLength + 1) : text;
}

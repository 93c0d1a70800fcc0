import { parse } from 'csv-parse/sync';
import type { Delimiter } from './delimiters.ts';
import { type Lines, maxRowLength } from './lines.ts';

/** One row of a CSV file as it is written, over one line or more; or why it is none. */
export type CsvRecord =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly rejected: string };

/** Records, and the lines after them whose quoted field goes on in the next lines of the file. */
export interface Split {
  readonly records: readonly CsvRecord[];
  readonly rest: Lines;
}

/**
 * Finds the rows in lines of RFC 4180, whatever the delimiter. A row with broken quoting is rejected by itself and the next line begins a new
 * row: one stray quote must not swallow the users below it.
 */
export function splitRecords({ first, texts }: Lines, atEnd: boolean, delimiter: Delimiter): Split {
  const records: CsvRecord[] = [];
  let index = 0;
  while (index < texts.length) {
    const line = first + index;
    const text = texts[index] ?? '';
    if (text.length > maxRowLength) {
      records.push({ line, rejected: `the row is longer than ${maxRowLength} characters` });
      index += 1;
      continue;
    }
    const count = text.includes('"') ? countLines(texts, index, delimiter) : 1;
    if (count === 'open' && !atEnd) break;
    if (typeof count === 'string') {
      records.push({ line, rejected: quotingProblems[count] });
      index += 1;
      continue;
    }
    const whole = count === 1 ? text : texts.slice(index, index + count).join('\n');
    if (whole.trim() !== '') records.push({ line, text: whole.endsWith('\r') ? whole.slice(0, -1) : whole });
    index += count;
  }
  return { records, rest: { first: first + index, texts: texts.slice(index) } };
}

/** The values of rows that {@link splitRecords} found. */
export function parseRecords(texts: readonly string[], delimiter: Delimiter): string[][] {
  if (texts.length === 0) return [];
  return parse(texts.join('\n'), {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: 0,
  });
}

const quotingProblems = {
  open: 'a quote is never closed',
  unclosed: `a quote is not closed within ${maxRowLength} characters`,
  stray:
    'a quote is inside an unquoted field, or after a quoted one: quote the whole field and double each quote in it',
};

/** How many lines the row takes that begins at `start`, or what is wrong with its quotes. */
function countLines(
  texts: readonly string[],
  start: number,
  delimiter: Delimiter,
): number | keyof typeof quotingProblems {
  let length = 0;
  let inside = false;
  for (let index = start; index < texts.length; index += 1) {
    const text = texts[index] ?? '';
    length += text.length + 1;
    if (length > maxRowLength + 1) return 'unclosed';
    const end = scan(text, inside, delimiter);
    if (end === 'stray') return 'stray';
    if (end === 'closed') return index - start + 1;
    inside = true;
  }
  return 'open';
}

/** Whether a quoted field is still open at the end of a line that begins inside one, or not. */
function scan(text: string, startsInside: boolean, delimiter: Delimiter): 'open' | 'closed' | 'stray' {
  let inside = startsInside;
  let at = 0;
  while (true) {
    if (inside) {
      const quote = text.indexOf('"', at);
      if (quote === -1) return 'open';
      if (text[quote + 1] === '"') {
        at = quote + 2;
        continue;
      }
      const next = text.slice(quote + 1, quote + 3);
      if (next === '' || next === '\r') return 'closed';
      if (!next.startsWith(delimiter)) return 'stray';
      inside = false;
      at = quote + 2;
      continue;
    }
    if (text[at] === '"') {
      inside = true;
      at += 1;
      continue;
    }
    const end = text.indexOf(delimiter, at);
    if (text.slice(at, end === -1 ? undefined : end).includes('"')) return 'stray';
    if (end === -1) return 'closed';
    at = end + 1;
  }
}

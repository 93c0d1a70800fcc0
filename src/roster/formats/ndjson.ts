import { type Fields, isBlank } from '../columns.ts';
import { RosterError } from '../errors.ts';
import type { RawRow } from './csv.ts';
import { findColumns } from './headings.ts';
import { type Lines, maxRowLength } from './lines.ts';

/**
 * Reads the rows of an NDJSON file, one JSON object a line, a part of the file at a time. An object of blanks only is no
 * row, and one that is cut is no object.
 *
 * @throws RosterError when the first line that is not blank does not begin like an object
 */
export async function* readNdjson(
  input: AsyncIterable<Lines>,
  name: string,
): AsyncGenerator<readonly RawRow[]> {
  const columnsOf = columnFinder();
  let hasObjects = false;
  for await (const { first, texts } of input) {
    const rows: RawRow[] = [];
    for (const [index, text] of texts.entries()) {
      if (text.trim() === '') continue;
      const line = first + index;
      if (!hasObjects && !text.trimStart().startsWith('{')) {
        throw new RosterError(
          `The roster ${name} is not NDJSON: line ${line} is not a JSON object.`,
          'Write each line as an object such as {"username":"anna"}, or give a CSV file the ending .csv.',
        );
      }
      hasObjects = true;
      const row = readLine(line, text, columnsOf);
      if (row) rows.push(row);
    }
    yield rows;
  }
}

function readLine(line: number, text: string, columnsOf: typeof findColumns): RawRow | undefined {
  if (text.length > maxRowLength)
    return { line, rejected: `the row is longer than ${maxRowLength} characters` };
  const value = parseObject(text);
  if (!value) return { line, rejected: 'the line is not a complete JSON object' };
  const contents: readonly unknown[] = Object.values(value);
  if (contents.every(isBlank)) return undefined;
  const { indexes, doubled } = columnsOf(Object.keys(value));
  if (doubled) {
    const { column, titles, isSame } = doubled;
    const rejected = isSame
      ? `${column} appears twice`
      : `${titles.join(' and ')} may each be ${column}: name the right one ${column}`;
    return { line, rejected };
  }
  const fields: Fields = Object.fromEntries(
    Object.entries(indexes).map(([column, index]) => [column, contents[index]]),
  );
  return { line, fields };
}

/** Most objects have the keys of the one before. */
function columnFinder(): typeof findColumns {
  let last: { readonly keys: readonly string[]; readonly found: ReturnType<typeof findColumns> } | undefined;
  return (keys) => {
    const isSame = last?.keys.length === keys.length && last.keys.every((key, index) => key === keys[index]);
    if (!last || !isSame) last = { keys, found: findColumns(keys) };
    return last.found;
  };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return;
  }
}

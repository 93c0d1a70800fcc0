import { columnNamed, type Fields, isBlank } from './columns.ts';
import type { RawRow } from './csv.ts';
import { RosterError } from './errors.ts';
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
      const row = readLine(line, text);
      if (row) rows.push(row);
    }
    yield rows;
  }
}

function readLine(line: number, text: string): RawRow | undefined {
  if (text.length > maxRowLength)
    return { line, rejected: `the row is longer than ${maxRowLength} characters` };
  const value = parseObject(text);
  if (!value) return { line, rejected: 'the line is not a complete JSON object' };
  if (Object.values(value).every(isBlank)) return undefined;
  const fields: { -readonly [name in keyof Fields]: unknown } = {};
  for (const [key, content] of Object.entries(value)) {
    const column = columnNamed(key);
    if (column && column in fields) return { line, rejected: `${column} appears twice` };
    if (column) fields[column] = content;
  }
  return { line, fields };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return;
  }
}

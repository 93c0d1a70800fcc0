import type { Fields } from '../columns.ts';
import { delimiters } from './delimiters.ts';
import { emptyRoster, type Header, headerSeeker, joined } from './header.ts';
import type { Lines } from './lines.ts';
import { type CsvRecord, parseRecords, splitRecords } from './records.ts';

/** What one row says, or why it cannot be read. */
export type RawRow =
  | { readonly line: number; readonly fields: Fields }
  | { readonly line: number; readonly rejected: string };

/**
 * Reads the rows of a CSV file (RFC 4180, also with semicolons or tabs; header first), a part of the file at a time. A row
 * of blanks only is no row.
 *
 * @param doubt why a last row without a line end may be cut; undefined when it is taken for whole
 * @throws RosterError when the first row does not name the columns
 */
export async function* readCsv(
  input: AsyncIterable<Lines>,
  name: string,
  doubt?: string,
): AsyncGenerator<readonly RawRow[]> {
  const seek = headerSeeker(name);
  let header: Header | undefined;
  let rest: Lines = { first: 1, texts: [] };

  function rows(lines: Lines, atEnd: boolean): RawRow[] {
    const found = header ? { header, ...splitRecords(lines, atEnd, header.delimiter) } : seek(lines, atEnd);
    header = found.header;
    rest = found.rest;
    return header ? readRecords(found.records, header) : [];
  }

  for await (const lines of input) {
    const { isOpen = false } = lines;
    const found = rows(joined(rest, lines), isOpen);
    yield isOpen && doubt !== undefined ? doubtLast(found, doubt) : found;
  }
  yield rows(rest, true);
  if (!header) throw emptyRoster(name);
}

/** "user1" may be the beginning of "user19", and the associate 10 that of 1009: a cut row would name somebody else. */
function doubtLast(rows: readonly RawRow[], doubt: string): readonly RawRow[] {
  const last = rows.at(-1);
  return last === undefined || 'rejected' in last
    ? rows
    : [...rows.slice(0, -1), { line: last.line, rejected: doubt }];
}

function readRecords(records: readonly CsvRecord[], header: Header): RawRow[] {
  const quoted: string[] = [];
  for (const record of records) {
    if ('text' in record && record.text.includes('"')) quoted.push(record.text);
  }
  const parsed = parseRecords(quoted, header.delimiter);
  let next = 0;
  const rows: RawRow[] = [];
  for (const record of records) {
    if ('rejected' in record) {
      rows.push(record);
      continue;
    }
    // Without a quote there is nothing to parse, which saves a third of the time that a roster takes.
    const isQuoted = record.text === quoted[next];
    const values = isQuoted ? (parsed[next++] ?? []) : record.text.split(header.delimiter);
    if (values.some((value) => value.trim() !== '')) rows.push(readValues(record.line, values, header));
  }
  return rows;
}

function readValues(line: number, values: readonly string[], header: Header): RawRow {
  const width = header.titles.length;
  // What is missing may be the storage, without which the server looks for the name in all of them, or a part of a name.
  if (values.length < width) {
    const rejected = `the row has ${values.length} of ${width} values, so it may be cut: give it a ${delimiters[header.delimiter]} for each empty value`;
    return { line, rejected };
  }
  // Spreadsheets leave delimiters behind; a further value, though, means that the values are not under their columns.
  if (values.length > width && values.slice(width).some((value) => value.trim() !== '')) {
    const rejected = `the row has ${values.length} values for ${width} columns: quote a value that contains a ${delimiters[header.delimiter]}`;
    return { line, rejected };
  }
  const { username, userStorageName, associateId, active, group } = header.indexes;
  const fields = {
    username: valueAt(values, username),
    userStorageName: valueAt(values, userStorageName),
    associateId: valueAt(values, associateId),
    ...(active === undefined ? {} : { active: valueAt(values, active) }),
    ...(group === undefined ? {} : { group: valueAt(values, group) }),
  };
  if (isHexadecimal(fields.username) || isHexadecimal(fields.userStorageName))
    return { line, rejected: asHexadecimal };
  return { line, fields };
}

function valueAt(values: readonly string[], index: number | undefined): string | undefined {
  const value = index === undefined ? undefined : values[index];
  if (value === undefined) return undefined;
  // Web pages and spreadsheets pad with blanks that nobody types, so no name is meant to have them.
  return isHardBlank(value.charCodeAt(0)) || isHardBlank(value.charCodeAt(value.length - 1))
    ? value.trim()
    : value;
}

/** A blank at which no line breaks. */
function isHardBlank(code: number): boolean {
  return code >= 0xa0 && (code === 0xa0 || code === 0x2007 || code === 0x202f);
}

const asHexadecimal =
  'a name is written in hexadecimal, as csvde does beyond ASCII: export with csvde -u, or with PowerShell';
const hexadecimal = /^X'(?:[0-9a-f]{2})+'$/i;

function isHexadecimal(value: string | undefined): boolean {
  // An expression for each row would cost more than all else that is asked about it.
  return value?.[1] === "'" && hexadecimal.test(value);
}

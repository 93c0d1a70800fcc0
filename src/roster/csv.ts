import { parse } from 'csv-parse/sync';
import { columnNamed, columns, type Fields } from './columns.ts';
import { RosterError } from './errors.ts';
import type { Lines } from './lines.ts';
import { type CsvRecord, splitRecords } from './records.ts';

/** What one row says, or why it cannot be read. */
export type RawRow =
  | { readonly line: number; readonly fields: Fields }
  | { readonly line: number; readonly rejected: string };

/**
 * Reads the rows of a CSV file (RFC 4180 with commas, header first), a part of the file at a time. A row of blanks only is
 * no row.
 *
 * @param doubt why a last row without a line end may be cut; undefined when it is taken for whole
 * @throws RosterError when the first row does not name the columns
 */
export async function* readCsv(
  input: AsyncIterable<Lines>,
  name: string,
  doubt?: string,
): AsyncGenerator<readonly RawRow[]> {
  let header: Header | undefined;
  let rest: Lines = { first: 1, texts: [] };

  function rows(lines: Lines, atEnd: boolean): RawRow[] {
    const split = splitRecords(lines, atEnd);
    rest = split.rest;
    const [first, ...others] = split.records;
    if (!first) return [];
    if (header) return readRecords(split.records, header);
    header = readHeader(first, name);
    return readRecords(others, header);
  }

  for await (const { first, texts, isOpen = false } of input) {
    const isFollowed = rest.texts.length > 0;
    const found = rows(
      isFollowed ? { first: rest.first, texts: [...rest.texts, ...texts] } : { first, texts },
      isOpen,
    );
    yield isOpen && doubt !== undefined ? doubtLast(found, doubt) : found;
  }
  yield rows(rest, true);
  // Not even a header: more likely an export that failed than a company without people.
  if (!header)
    throw new RosterError(
      `The roster ${name} is empty.`,
      `Begin it with the column names ${columns.join(',')}.`,
    );
}

/** "user1" may be the beginning of "user19", and the associate 10 that of 1009: a cut row would name somebody else. */
function doubtLast(rows: readonly RawRow[], doubt: string): readonly RawRow[] {
  const last = rows.at(-1);
  return last === undefined || 'rejected' in last
    ? rows
    : [...rows.slice(0, -1), { line: last.line, rejected: doubt }];
}

/** How many columns the file has, and the index of each of ours. */
interface Header {
  readonly width: number;
  readonly indexes: { readonly [name in keyof Fields]?: number };
}

function readHeader(record: CsvRecord, name: string): Header {
  const [titles = []] = 'text' in record ? parseRecords([record.text]) : [];
  const named = titles.map(columnNamed);
  const doubled = named.find((column, index) => column && named.indexOf(column) !== index);
  if (doubled) {
    throw new RosterError(`The roster ${name} has two columns named ${doubled}.`, 'Keep one of them.');
  }
  const indexes = Object.fromEntries(named.flatMap((column, index) => (column ? [[column, index]] : [])));
  // Spreadsheets leave commas behind: a column without a name is none.
  const width = titles.findLastIndex((title) => title.trim() !== '') + 1;
  if (named.includes('username')) return { width, indexes };
  const [text = ''] = 'text' in record ? record.text.split('\n') : [];
  // Control characters and the marks of another encoding would only spoil the terminal.
  const found = JSON.stringify(text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 80));
  const commas = /username\s*["']?\s*[;\t]/i.test(text) ? ' Separate the columns with commas.' : '';
  throw new RosterError(
    `The roster ${name} does not begin with its column names: line ${record.line} is ${found}.`,
    `Begin it with ${columns.join(',')} (only username is required), in UTF-8.${commas}`,
  );
}

function readRecords(records: readonly CsvRecord[], header: Header): RawRow[] {
  const quoted: string[] = [];
  for (const record of records) {
    if ('text' in record && record.text.includes('"')) quoted.push(record.text);
  }
  const parsed = parseRecords(quoted);
  let next = 0;
  const rows: RawRow[] = [];
  for (const record of records) {
    if ('rejected' in record) {
      rows.push(record);
      continue;
    }
    // Without a quote there is nothing to parse, which saves a third of the time that a roster takes.
    const isQuoted = record.text === quoted[next];
    const values = isQuoted ? (parsed[next++] ?? []) : record.text.split(',');
    if (values.some((value) => value.trim() !== '')) rows.push(readValues(record.line, values, header));
  }
  return rows;
}

function readValues(line: number, values: readonly string[], header: Header): RawRow {
  // What is missing may be the storage, without which the server looks for the name in all of them, or a part of a name.
  if (values.length < header.width) {
    const rejected = `the row has ${values.length} of ${header.width} values, so it may be cut: give it a comma for each empty value`;
    return { line, rejected };
  }
  // Spreadsheets leave commas behind; a further value, though, means that the values are not under their columns.
  if (values.length > header.width && values.slice(header.width).some((value) => value.trim() !== '')) {
    const rejected = `the row has ${values.length} values for ${header.width} columns: quote a value that contains a comma`;
    return { line, rejected };
  }
  const { username, userStorageName, associateId, active } = header.indexes;
  const fields = {
    username: valueAt(values, username),
    userStorageName: valueAt(values, userStorageName),
    associateId: valueAt(values, associateId),
    ...(active === undefined ? {} : { active: valueAt(values, active) }),
  };
  return { line, fields };
}

function valueAt(values: readonly string[], index: number | undefined): string | undefined {
  return index === undefined ? undefined : values[index];
}

function parseRecords(texts: readonly string[]): string[][] {
  if (texts.length === 0) return [];
  return parse(texts.join('\n'), { record_delimiter: '\n', relax_column_count: true, max_record_size: 0 });
}

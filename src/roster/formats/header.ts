import { columns } from '../columns.ts';
import { RosterError } from '../errors.ts';
import { type Delimiter, eachDelimiter, readPreamble } from './delimiters.ts';
import { foreignKind, hasLinesInside } from './foreign.ts';
import { type Doubled, findColumns, type Indexes } from './headings.ts';
import type { Lines } from './lines.ts';
import { type CsvRecord, parseRecords, type Split, splitRecords } from './records.ts';

/** What the first row of a CSV file says. */
export interface Header {
  /** Where our columns are. */
  readonly indexes: Indexes;
  readonly delimiter: Delimiter;
  /** The names of all columns, as they are written; how many there are is how many values a row needs. */
  readonly titles: readonly string[];
}

/** The rows below the header, once it is there. */
interface Found extends Split {
  readonly header?: Header;
}

/**
 * Looks for the header in the lines of a file, below what programs write above it; to be called with further lines until it
 * is found.
 *
 * @returns what throws RosterError when the first row does not name the columns
 */
export function headerSeeker(name: string): (lines: Lines, atEnd: boolean) => Found {
  let said: Delimiter | undefined;
  return ({ first, texts }, atEnd) => {
    for (const [index, text] of texts.entries()) {
      if (text.trim() === '') continue;
      const preamble = readPreamble(text);
      if (preamble !== undefined) {
        if (preamble !== 'nothing') said = preamble;
        continue;
      }
      const delimiter = said ?? delimiterOf(text);
      const split = splitRecords({ first: first + index, texts: texts.slice(index) }, atEnd, delimiter);
      const [record, ...records] = split.records;
      if (!record) return split;
      return { records, rest: split.rest, header: readHeader(record, { delimiter, text, name }) };
    }
    return { records: [], rest: { first: first + texts.length, texts: [] } };
  };
}

/** The header of a file. @throws RosterError when the first row does not name the columns, or there is none */
export async function findHeader(input: AsyncIterable<Lines>, name: string): Promise<Header> {
  const seek = headerSeeker(name);
  let rest: Lines = { first: 1, texts: [] };
  for await (const lines of input) {
    const found = seek(joined(rest, lines), lines.isOpen ?? false);
    if (found.header) return found.header;
    rest = found.rest;
  }
  const { header } = seek(rest, true);
  if (header) return header;
  throw emptyRoster(name);
}

/** Lines that go on where others ended. */
export function joined(rest: Lines, { first, texts }: Lines): Lines {
  return rest.texts.length > 0 ? { first: rest.first, texts: [...rest.texts, ...texts] } : { first, texts };
}

/** Not even a header: more likely an export that failed than a company without people. */
export function emptyRoster(name: string): RosterError {
  return new RosterError(
    `The roster ${name} is empty.`,
    `Begin it with the column names ${columns.join(',')}.`,
  );
}

/** The one that separates the name of a column of ours; else a comma. */
function delimiterOf(line: string): Delimiter {
  const unquoted = line.replaceAll('"', '');
  const fits = (delimiter: Delimiter) =>
    findColumns(unquoted.split(delimiter)).indexes.username !== undefined;
  return eachDelimiter.find(fits) ?? ',';
}

interface Place {
  readonly delimiter: Delimiter;
  /** The line where it begins. */
  readonly text: string;
  readonly name: string;
}

function readHeader(record: CsvRecord, { delimiter, text, name }: Place): Header {
  const [values = []] = 'text' in record ? parseRecords([record.text], delimiter) : [];
  // Spreadsheets leave delimiters behind: a column without a name is none.
  const titles = values.slice(0, values.findLastIndex((title) => title.trim() !== '') + 1);
  const { indexes, doubled } = findColumns(titles);
  if (doubled) throw doubledColumn(name, doubled);
  if (indexes.username !== undefined && !hasLinesInside(text)) return { indexes, delimiter, titles };
  const foreign = foreignKind(text);
  if (foreign) throw new RosterError(`The roster ${name} is ${foreign.kind}.`, foreign.advice);
  throw new RosterError(
    `The roster ${name} does not begin with its column names: line ${record.line} is ${shown(text)}.`,
    `Begin it with ${columns.join(',')} (only username is required), in UTF-8.`,
  );
}

function doubledColumn(name: string, { column, titles, isSame }: Doubled): RosterError {
  return isSame
    ? new RosterError(`The roster ${name} has two columns named ${column}.`, 'Keep one of them.')
    : new RosterError(
        `The roster ${name} has ${titles.length} columns that may be ${column}: ${titles.slice(0, 3).map(shown).join(', ')}.`,
        `Name the right one ${column}, and the others stay as they are.`,
      );
}

/** Control characters and the marks of another encoding would only spoil the terminal. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 80));
}

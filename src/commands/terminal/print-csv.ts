import { stringify } from 'csv-stringify/sync';
import { printable } from '../../security/escape.ts';
import type { CommandContext } from '../context.ts';
import { caughtUp, type Rows } from './print-rows.ts';

/** Without it Excel reads UTF-8 as the letters of the machine. */
const byteOrderMark = '\ufeff';

/**
 * Rows of CSV as Excel opens them: RFC 4180, and no cell is a formula. What begins as one (= + - @, a tab or the end of a
 * line) gets an apostrophe in front.
 */
export function csvLines(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map(cellText)),
    // A line end within a cell would begin a row otherwise, and the next cell might be a formula.
    { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ },
  );
}

/** In some languages Excel takes these for the end of a cell, so what is behind them must be no formula either. */
const formulaBehind = /([;\t])(?=[=+@-])/g;

/** Ends of lines and tabs mean the same in every cell; nothing else that acts on a terminal gets through. */
function cellText(cell: string): string {
  const parts = cell.replace(formulaBehind, "$1'").split(/([\t\r\n])/);
  return parts.map((part, index) => (index % 2 === 1 ? part : printable(part))).join('');
}

/** Prints rows as one file of CSV for Excel. Returns how many there were below the head. */
export async function printCsv<Row>(
  context: CommandContext,
  head: readonly string[],
  rows: Rows<Row>,
  cellsOf: (row: Row) => readonly string[],
): Promise<number> {
  const { output } = context;
  output.write(`${byteOrderMark}${csvLines([head])}`);
  let count = 0;
  for await (const part of rows) {
    output.write(csvLines(part.map(cellsOf)));
    count += part.length;
    await caughtUp(context);
  }
  return count;
}

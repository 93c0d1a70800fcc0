import { stripVTControlCharacters } from 'node:util';

/** Between two columns. */
export const gap = 2;
/** A column is not cut to less than this. */
const narrowest = 6;

/** A date and its time are one word. */
const betweenWords = /(?<!\d\d-\d\d)\s|\s(?!\d\d:\d\d)/;

/**
 * How wide each column of a table is, in characters, so that its lines fit: as wide as its longest line where there is
 * room. Columns of several words give way first, down to their longest word; then the widest are cut.
 *
 * @param rows the cells, the head among them; a cell may have several lines
 * @param available how many characters a line has
 */
export function fitColumns(rows: readonly (readonly string[])[], available: number): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const longest = (column: number, separator: RegExp) =>
    Math.max(1, ...rows.flatMap((row) => partsOf(row[column] ?? '', separator)).map(({ length }) => length));
  const columns = Array.from({ length: count }, (_, column) => column);
  const widths = columns.map((column) => longest(column, /\n/));
  const words = columns.map((column) => longest(column, betweenWords));
  narrow(widths, words, available);
  narrow(
    widths,
    widths.map(() => narrowest),
    available,
  );
  return widths;
}

/** Takes from the widest column that can give, until the line fits or none can. */
function narrow(widths: number[], least: readonly number[], available: number): void {
  for (;;) {
    const excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
    const spare = widths.map((width, column) => (width > (least[column] ?? width) ? width : 0));
    const widest = Math.max(0, ...spare);
    if (excess <= 0 || widest === 0) return;
    const column = spare.indexOf(widest);
    const next = Math.max(0, ...spare.filter((width) => width < widest));
    widths[column] = Math.max(least[column] ?? 0, widest - excess, Math.min(next, widest - 1));
  }
}

function partsOf(cell: string, separator: RegExp): string[] {
  return stripVTControlCharacters(cell).split(separator);
}

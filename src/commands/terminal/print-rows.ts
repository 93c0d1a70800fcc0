import { once } from 'node:events';
import { printableJson } from '../../security/escape.ts';
import type { CommandContext } from '../context.ts';
import { printLine, printTable } from './output.ts';

/** How many rows are printed at a time; the columns of a table are as wide as its own rows need. */
const rowsInTable = 500;

/** Rows that are printed as they come, so that a large list is never held whole. */
export type Rows<Row> = AsyncIterable<readonly Row[]>;

/** A part of the rows: behind the first `skip` of them, at most `limit`. */
export async function* partOf<Row>(
  rows: Rows<Row>,
  skip: number,
  limit: number,
): AsyncGenerator<readonly Row[]> {
  let place = 0;
  for await (const some of rows) {
    const part = some.slice(Math.max(0, skip - place), Math.max(0, skip + limit - place));
    if (part.length > 0) yield part;
    place += some.length;
    if (place >= skip + limit) return;
  }
}

/** Prints rows as tables, one below the other. Returns how many rows there were. */
export async function printRows<Row>(
  context: CommandContext,
  head: readonly string[],
  rows: Rows<Row>,
  cellsOf: (row: Row) => readonly string[],
): Promise<number> {
  let count = 0;
  for await (const part of inParts(rows)) {
    if (count > 0) printLine(context);
    printTable(context, head, part.map(cellsOf));
    count += part.length;
    await caughtUp(context);
  }
  return count;
}

/** Prints one JSON document whose last key holds the rows. Returns how many rows there were. */
export async function printJsonRows<Row>(
  context: CommandContext,
  head: Readonly<Record<string, unknown>>,
  key: string,
  rows: Rows<Row>,
): Promise<number> {
  const end = ']\n}';
  context.output.write(printableJson(JSON.stringify({ ...head, [key]: [] }, null, 2).slice(0, -end.length)));
  let count = 0;
  for await (const part of inParts(rows)) {
    const lines = part.map((row) => `\n    ${JSON.stringify(row)}`);
    context.output.write(printableJson(`${count > 0 ? ',' : ''}${lines.join(',')}`));
    count += part.length;
    await caughtUp(context);
  }
  context.output.write(`${count > 0 ? '\n  ' : ''}${end}\n`);
  return count;
}

async function* inParts<Row>(rows: Rows<Row>): AsyncGenerator<readonly Row[]> {
  for await (const some of rows) {
    for (let start = 0; start < some.length; start += rowsInTable) {
      yield some.slice(start, start + rowsInTable);
    }
  }
}

/** Waits until whoever reads the output has caught up, or has left: what that means is for the process to say. */
export async function caughtUp({ output }: CommandContext): Promise<void> {
  if (output.writableNeedDrain) await once(output, 'drain').catch(() => {});
}

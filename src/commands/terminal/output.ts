import { styleText } from 'node:util';
import Table from 'cli-table3';
import { printable, printableJson } from '../../security/escape.ts';
import type { CommandContext } from '../context.ts';
import { fitColumns, gap } from './fit-columns.ts';

/** Writes one JSON document to standard output. */
export function printJson(context: CommandContext, document: unknown): void {
  context.output.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
}

/** Writes a line to standard output; of what could act on a terminal, only `style` gets through. */
export function printLine(context: CommandContext, line = ''): void {
  const parts = isStyled(context) ? line.split(styles) : [line];
  context.output.write(
    `${parts.map((part, index) => (index % 2 === 1 ? part : printable(part))).join('')}\n`,
  );
}

/** A cell of a table, or its lines. */
type Cell = string | readonly string[];

/**
 * Writes a table to standard output: plain columns, so that it can be read by people and by other programs. On a terminal
 * it fits the lines: nothing breaks inside a word, and what is cut ends in an ellipsis.
 *
 * @param nothing what is written where there are no rows
 */
export function printTable(
  context: CommandContext,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  nothing = 'none',
): void {
  if (rows.length === 0) {
    printLine(context, nothing);
    return;
  }
  const { isTTY, columns } = context.output;
  const cells = rows.map((row) => row.map((cell) => [cell].flat().map(printable).join('\n')));
  const widths = isTTY && fitColumns([head, ...cells], columns || usualColumns);
  const table = new Table({
    head: head.map((title) => style(context, 'bold', title)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    chars: emptyBorders,
    ...(widths ? { colWidths: widths.map((width) => width + gap), wordWrap: true } : {}),
  });
  table.push(...cells);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  context.output.write(`${lines.join('\n')}\n`);
}

/** Styles a text for a terminal; plain elsewhere and with NO_COLOR. */
export function style(
  context: CommandContext,
  format: Parameters<typeof styleText>[0],
  text: string,
): string {
  return isStyled(context) ? styleText(format, printable(text), { validateStream: false }) : text;
}

function isStyled(context: CommandContext): boolean {
  return context.output.isTTY === true && !context.environment.NO_COLOR;
}

/** Bold, dim and the colors; none of them can hide a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the one that begins them all
const styles = /(\u001b\[(?:1|2|22|3[1-79])m)/;

/** Where a terminal does not say how wide it is. */
const usualColumns = 80;

const emptyBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
    .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((border) => [border, '']),
);

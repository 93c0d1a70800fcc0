import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Door } from './door.ts';

/** Writes one JSON document to standard output. */
export function answerJson(door: Door, document: unknown): void {
  door.output.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Writes a line to standard output. */
export function answerLine(door: Door, line = ''): void {
  door.output.write(`${line}\n`);
}

/** Writes a table to standard output: plain columns, so that it can be read by people and by other programs. */
export function answerTable(door: Door, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: head.map((title) => style(door, 'bold', title)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: emptyBorders,
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  door.output.write(`${lines.join('\n')}\n`);
}

/** Styles a text for a terminal; plain elsewhere and with NO_COLOR. */
export function style(door: Door, format: Parameters<typeof styleText>[0], text: string): string {
  const plain = !door.output.isTTY || Boolean(door.environment.NO_COLOR);
  return plain ? text : styleText(format, text, { validateStream: false });
}

const emptyBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
    .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((place) => [place, '']),
);

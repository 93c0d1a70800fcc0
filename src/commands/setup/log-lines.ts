import type { Writable } from 'node:stream';
import { type DestinationStream, levels } from 'pino';

/*
 * A call of the system for each line costs more than all else about the line. What is logged within a few turns of the
 * event loop is written together; a process that is killed loses no more than that.
 */

/** So much is not kept waiting, in characters: what never gives the event loop back may log without an end. */
const most = 16_384;

/** For so many turns lines wait for each other: an idle process makes them at once, a busy one within milliseconds. */
const turns = 4;

/** Lines that wait, by where they go. */
const waiting = new Map<Writable, string>();

/** Where a log goes: ordinary lines wait for a few turns, a warning takes them along at once. */
export function logLines(output: Writable): DestinationStream {
  return {
    // By this pino says the level of each line, in `lastLevel`.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: levels.values.info ?? 0,
    write(line: string) {
      const before = waiting.get(output);
      if (before === undefined) writeAfter(turns);
      waiting.set(output, before === undefined ? line : before + line);
      if (this.lastLevel >= warning || (before?.length ?? 0) > most) writeLogLines();
    },
  } as DestinationStream & { lastLevel: number };
}

function writeAfter(more: number): void {
  if (more === 0) writeLogLines();
  else setImmediate(writeAfter, more - 1);
}

const warning = levels.values.warn ?? 0;

/** Writes what waits: before a process ends, and before what a person is told. */
export function writeLogLines(): void {
  for (const [output, lines] of waiting) {
    waiting.delete(output);
    output.write(lines);
  }
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseText } from '../messages/parse.ts';
import type { Queues } from '../queues.ts';

/*
 * Who did what, to whom, when and why: an append-only stream in Redis, which nobody can change a line of by this program.
 * What takes time leaves two lines: one before it, so that a process that dies leaves its intent, and one after it that
 * holds all of the first. Whoever reads sees the second in place of the first.
 */

/** What a person can do that leaves a line. */
export type Operation =
  | 'open-window'
  | 'set-state'
  | 'update-time'
  | 'remove-device'
  | 'remove-all-devices'
  | 'remove-expired-windows'
  | 'remove-waiting-windows'
  | 'remove-all-windows'
  | 'run'
  | 'trigger'
  | 'apply'
  | 'stop'
  | 'approve'
  | 'reject'
  | 'pause'
  | 'resume'
  | 'sign-in'
  | 'change-queues';

/** The outcome of what was begun: how it ended is not known, unless a later line says so. */
export const begun = 'begun';

const name = z.string().exactOptional();

const Entry = z.object({
  /** When the line was written, ISO 8601. */
  at: z.string(),
  /** Who did it, as far as that is known. */
  by: z.string().nullable(),
  /** An `Operation`; another version of the program may know more of them. */
  what: z.string(),
  /** On whom or on what. Users named by hand for a run are all in `user`. */
  on: z
    .object({ user: name, storage: name, device: name, run: name, job: name, vendor: name, queue: name })
    .readonly(),
  /** What exactly: the number of a state, the minutes of a window. */
  detail: z.string().nullable(),
  /** `begun`, `done`, `failed` and, where the vendor may have done it all the same, `in-doubt`; of a run its status; of what was asked for, what became of that. */
  outcome: z.string(),
  /** What went wrong. */
  problem: z.string().nullable(),
  /** The note or the reason that was given. */
  why: z.string().nullable(),
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('command'), host: z.string() }),
    z.object({ kind: z.literal('console'), address: z.string() }),
    z.object({ kind: z.literal('queue') }),
  ]),
  /** The line of the intent that this line is the end of. */
  begun: z.string().exactOptional(),
});

/** One line of the history. */
export type HistoryEntry = Readonly<z.infer<typeof Entry>>;

/** A line as it is shown: with its id in the stream, or without anything else where it cannot be read. */
export type HistoryLine =
  | (HistoryEntry & { readonly id: string })
  | { readonly id: string; readonly at: string; readonly unreadable: true };

/** How much is kept. */
export interface Kept {
  /** How many lines. */
  readonly count: number;
  /** For how long, in milliseconds. */
  readonly forMs: number;
}

type Store = Pick<Queues, 'redis' | 'prefix'>;

/** Adds a line and removes what is too old or too much. Resolves to the id of the line. */
export async function appendHistory(
  { redis, prefix }: Store,
  { count, forMs }: Kept,
  entry: HistoryEntry,
): Promise<string> {
  const key = keyOf(prefix);
  const oldest = Math.max(0, Date.parse(entry.at) - forMs);
  const replies = await redis
    .multi()
    .xadd(key, 'MAXLEN', '=', count, '*', 'entry', JSON.stringify(entry), 'line', randomUUID())
    .xtrim(key, 'MINID', '=', oldest)
    .pexpire(key, Math.ceil(forMs))
    .exec();
  const [error, id] = replies?.[0] ?? [new Error('Redis discarded the line.'), ''];
  if (error) throw error;
  return String(id);
}

/** How many lines are read at a time. */
const readAtOnce = 500;

/** The newest lines, the newest first; an intent whose end is there as well is left out. */
export async function readHistory(
  { redis, prefix }: Store,
  count: number,
  oldest: number,
): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = [];
  const ended = new Set<string>();
  /** A line whose reply was lost with the connection was sent again, and is there twice. */
  const seen = new Set<string>();
  let from = '+';
  for (;;) {
    const part = await redis.xrevrange(keyOf(prefix), from, Math.max(0, oldest), 'COUNT', readAtOnce);
    for (const [id, fields] of part) {
      const at = fields.indexOf('line');
      const name = at < 0 ? id : (fields[at + 1] ?? id);
      const isAgain = seen.has(name);
      seen.add(name);
      if (ended.delete(id) || isAgain) continue;
      const line = lineOf(id, fields);
      if ('begun' in line) ended.add(line.begun);
      lines.push(line);
      if (lines.length === count) return lines;
    }
    const last = part.at(-1);
    if (!last || part.length < readAtOnce) return lines;
    from = `(${last[0]}`;
  }
}

/** A line that cannot be read is there all the same: somebody did something. */
function lineOf(id: string, fields: readonly string[]): HistoryLine {
  const entry = parseText(Entry, fields[fields.indexOf('entry') + 1] ?? '');
  if (entry) return { id, ...entry };
  return { id, at: new Date(Number.parseInt(id, 10)).toISOString(), unreadable: true };
}

function keyOf(prefix: string): string {
  return `${prefix}:history`;
}

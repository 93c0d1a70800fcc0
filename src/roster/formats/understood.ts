import type { Column } from '../columns.ts';
import { type Delimiter, delimiters } from './delimiters.ts';
import type { Encoding, ReadAt } from './encoding.ts';
import { findHeader } from './header.ts';
import { openText } from './text.ts';

/** So many columns are named, with so many characters each: a header may have 64 KB. */
const mostShown = 80;

/** How a roster was understood, before its rows. */
export interface Understood {
  readonly format: 'CSV' | 'NDJSON';
  readonly encoding: Encoding;
  /** Of CSV. */
  readonly delimiter?: Delimiter;
  /** Of CSV: what the file calls each of our columns that it has. */
  readonly columns?: { readonly [column in Column]?: string };
  /** Of CSV: the first columns that nobody reads. */
  readonly otherColumns?: readonly string[];
}

/**
 * Finds out how a roster is to be read.
 *
 * @throws RosterError when it begins with no header, and what `readAt` throws
 */
export async function understand(
  { name, ending }: { readonly name: string; readonly ending: string },
  readAt: ReadAt,
): Promise<Understood> {
  const { encoding, isNdjson, lines } = await openText(ending, readAt);
  if (isNdjson) return { format: 'NDJSON', encoding };
  const { delimiter, indexes, titles } = await findHeader(lines, name);
  const read = new Set(Object.values(indexes));
  return {
    format: 'CSV',
    encoding,
    delimiter,
    columns: Object.fromEntries(
      Object.entries(indexes).map(([column, index]) => [column, titles[index]?.trim().slice(0, mostShown)]),
    ),
    otherColumns: titles
      .filter((title, index) => title.trim() !== '' && !read.has(index))
      .slice(0, mostShown)
      .map((title) => title.trim().slice(0, mostShown)),
  };
}

/** What a roster is written in, for people. */
export function formatText({ format, encoding, delimiter }: Understood): string {
  const separated = delimiter === undefined ? '' : `, separated by ${delimiters[delimiter]}s`;
  return `${format} in ${encodingNames[encoding]}${separated}`;
}

/** What a roster is written in, and which of our columns it calls otherwise. */
export function understoodText(understood: Understood): string {
  const { columns = {} } = understood;
  const named = Object.entries(columns).filter(([column, title]) => column !== title);
  const renamed = named.map(([column, title]) => `, ${column} from the column ${title}`).join('');
  return `${formatText(understood)}${renamed}`;
}

/** Why the encoding may have been misunderstood; undefined where the file says it itself. */
export function encodingDoubt({ encoding }: Pick<Understood, 'encoding'>): string | undefined {
  return encoding === 'windows-1252'
    ? 'its bytes are not UTF-8, and were read as Windows-1252 (Western Europe)'
    : undefined;
}

const encodingNames: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252',
};

import { parseEnv } from 'node:util';
import type { Environment } from './settings/read-group.ts';

/** What a dotenv file sets, or all that is wrong with it. A complaint never shows what the file contains. */
export type Dotenv =
  | { readonly variables: Environment }
  | { readonly problem: string; readonly advice: string };

/**
 * Reads a dotenv file. What `parseEnv` of Node.js would leave out without a word is refused, with the numbers of all such
 * lines: a setting that sets nothing leaves a default in effect that nobody chose.
 */
export function readDotenv(bytes: Uint8Array): Dotenv {
  if (bytes.includes(0)) {
    return {
      problem: 'is not UTF-8 text: it contains NUL bytes, as UTF-16 does.',
      advice: 'Save it as UTF-8.',
    };
  }
  // Decoded without its byte order mark, which would become a part of the first name.
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const complaints: string[] = [];
  const variables: [string, string | undefined][] = [];
  let index = 0;
  while (index < lines.length) {
    const entry = readEntry(lines, index);
    if ('complaint' in entry) complaints.push(`line ${index + 1} ${entry.complaint}`);
    // One by one, so that no other line has a part in what a line sets.
    else if (entry.text !== '') variables.push(...Object.entries(parseEnv(entry.text)));
    index += entry.count;
  }
  if (complaints.length === 0) return { variables: Object.fromEntries(variables) };
  return {
    problem: ['cannot be used:', ...complaints.map((complaint) => `  ${complaint}`)].join('\n'),
    advice: 'Each line is NAME=value, a comment that begins with #, or blank.',
  };
}

/** So many lines that belong together: their text, empty for a comment, or what is wrong with them. */
type Entry = { readonly count: number } & ({ readonly text: string } | { readonly complaint: string });

const assignment = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000B-\u001F\u007F]/;

function readEntry(lines: readonly string[], index: number): Entry {
  const line = lines[index] ?? '';
  if (/^\s*(?:#|$)/.test(line)) return { count: 1, text: '' };
  const [, name = '', value = ''] = assignment.exec(line) ?? [];
  if (name === '') return { count: 1, complaint: 'is not NAME=value' };
  const [, quote, begin = ''] = /^\s*(["'`])(.*)$/s.exec(value) ?? [];
  if (quote !== undefined) return readQuoted(lines, index, { name, quote, begin });
  const complaint = wrongWith(line) ?? wrongWithUnquoted(name, value);
  return complaint === undefined ? { count: 1, text: line } : { count: 1, complaint };
}

/** What would not become the value, or a part of it, as it is written. */
function wrongWithUnquoted(name: string, value: string): string | undefined {
  // A comment is set apart by a blank.
  const [used = ''] = value.split(/\s#/, 1);
  if (/(?:^|\S)#/.test(used))
    return `has a # in the value of ${name}, which would end there: put the value into quotes`;
  if (/\s[A-Z][A-Z0-9_]*=/.test(used))
    return `has another NAME= in the value of ${name}: give it a line of its own, or put the value into quotes`;
  return undefined;
}

function wrongWith(text: string): string | undefined {
  if (text.includes('\uFFFD')) return 'is not valid UTF-8';
  return unprintable.test(text) ? 'contains a control character' : undefined;
}

interface Quoted {
  readonly name: string;
  readonly quote: string;
  /** What follows the quote in its line. */
  readonly begin: string;
}

function readQuoted(lines: readonly string[], index: number, { name, quote, begin }: Quoted): Entry {
  const isEnd = (text: string) => text.includes(quote);
  const more = isEnd(begin) ? 0 : lines.slice(index + 1).findIndex(isEnd) + 1;
  if (more === 0 && !isEnd(begin)) {
    return { count: 1, complaint: `has a quote before the value of ${name} that is never closed` };
  }
  const last = more === 0 ? begin : (lines[index + more] ?? '');
  const text = lines.slice(index, index + more + 1).join('\n');
  const count = more + 1;
  const complaint = wrongWith(text);
  if (complaint !== undefined) return { count, complaint };
  // Node.js knows no escaped quote: it would leave out all that follows.
  if (!/^\s*(?:#|$)/.test(last.slice(last.indexOf(quote) + 1))) {
    return { count, complaint: `has text behind the closing quote of ${name}: use another kind of quote` };
  }
  return { count, text };
}

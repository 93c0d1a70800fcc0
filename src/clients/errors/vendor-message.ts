import type { Redact } from '../../security/redact.ts';

const maxMessageLength = 200;
/** No vendor's message is longer than this; the rest of a page need not be looked at. */
const maxLookedAt = 65_536;
/** Of a page still less: a pattern that looks for the end of each of many tags takes the square of the length. */
const maxPageLookedAt = 8_192;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * What the vendor said, fit for a log: one line of at most 200 characters, without control characters and secrets.
 * JSON is reduced to its message (SuperOffice: `{Error, ErrorType, ErrorMessage, ErrorSource}`; ASP.NET: `{Message}`),
 * HTML to its title or text. Undefined when nothing is left.
 */
export function vendorMessageOf(body: string, redact: Redact): string | undefined {
  const text = redact(body).slice(0, maxLookedAt);
  const plain = looksLikeHtml(text) ? textOfHtml(text.slice(0, maxPageLookedAt)) : (textOfJson(text) ?? text);
  // Taken out again: decoding and dropping characters can bring a secret back together.
  const line = redact(oneLine(plain));
  return line === '' ? undefined : shorten(line);
}

/** Whether a body is a page rather than an answer of an API. */
export function looksLikeHtml(body: string): boolean {
  return /^\s*</.test(body.slice(0, 256));
}

/** Puts a text from elsewhere on one line, without control and invisible formatting characters. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{White_Space}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
}

function shorten(line: string): string {
  if (line.length <= maxMessageLength) return line;
  return `${line.slice(0, maxMessageLength - 1).toWellFormed()}…`;
}

function textOfHtml(html: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(html)?.[1];
  if (title !== undefined && title.trim() !== '') return decodeEntities(title);
  const visible = html.replace(/<(script|style)\b[^>]*>.*?(?:<\/\1>|$)/gis, ' ').replace(/<[^>]*>?/g, ' ');
  return decodeEntities(visible);
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function textOfJson(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const named = new Map(Object.entries(value).map(([key, part]) => [key.toLowerCase(), part]));
  for (const key of ['errormessage', 'exceptionmessage', 'message', 'error', 'errortype', 'title']) {
    const part = named.get(key);
    if (typeof part === 'string' && part.trim() !== '') return part;
  }
  return undefined;
}

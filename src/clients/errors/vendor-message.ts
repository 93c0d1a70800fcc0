import { mask, type Redact } from '../../security/redact.ts';
import type { HoldsSecret } from '../../security/secret-parts.ts';
import { isMarkup, markupOf } from './markup.ts';

const maxMessageLength = 200;
/** No vendor's message is longer than this; the rest of a body need not be looked at. */
const maxLookedAt = 65_536;
/** Of tags still less: a pattern that looks for the end of each of many tags takes the square of the length. */
const maxPageLookedAt = 8_192;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** What stands in place of a text that holds a part of a secret. */
const withheld = '[withheld: it holds a part of a secret]';

/** What keeps secrets out of a text from elsewhere. */
export interface Censor {
  readonly redact: Redact;
  readonly holdsSecret: HoldsSecret;
}

/**
 * What the vendor said, fit for a log: one line of at most 200 characters, without control characters and secrets.
 * JSON and XML are reduced to their message (SuperOffice: `{Error, ErrorType, ErrorMessage, ErrorSource}`; ASP.NET:
 * `{Message}`), HTML to its title or text. One that holds a part of a secret is replaced whole. Undefined when nothing is
 * left.
 */
export function vendorMessageOf(body: string, { redact, holdsSecret }: Censor): string | undefined {
  const text = redact(body).slice(0, maxLookedAt);
  const plain = isMarkup(text) ? textOfMarkup(text.slice(0, maxPageLookedAt)) : (textOfJson(text) ?? text);
  // Taken out again: decoding and dropping characters can bring a secret back together.
  const line = redact(oneLine(plain));
  if (line === '') return undefined;
  const shown = shorten(line);
  return shown.split(mask).some(holdsSecret) ? withheld : shown;
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

function textOfMarkup(text: string): string {
  return decodeEntities(markupOf(text) === 'xml' ? (textOfXml(text) ?? '') : textOfHtml(text));
}

function textOfHtml(html: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(html)?.[1];
  if (title !== undefined && title.trim() !== '') return title;
  return withoutTags(html.replace(/<(script|style)\b[^>]*>.*?(?:<\/\1>|$)/gis, ' '));
}

/** The message of an error, or a text alone. Other XML is data, of which a push handle may be a part. */
function textOfXml(xml: string): string | undefined {
  const plain = xml.replace(/<!\[CDATA\[(.*?)(?:\]\]>|$)/gs, (_, text: string) => encodeEntities(text));
  const elements = plain.matchAll(/<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<]*)<\//g);
  const named = new Map([...elements].map(([, name = '', text]) => [name.toLowerCase(), text]));
  return messageIn(named) ?? (/<\/[^<]*</.test(plain) ? undefined : withoutTags(plain));
}

function withoutTags(text: string): string {
  return text.replace(/<[^>]*>?/g, ' ');
}

function encodeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
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
  return messageIn(named) ?? textIn(named.get('title'));
}

/** The message among the parts of an error, named in lower case. */
function messageIn(named: ReadonlyMap<string, unknown>): string | undefined {
  const keys = ['errormessage', 'exceptionmessage', 'message', 'error', 'errortype'];
  return keys.map((key) => textIn(named.get(key))).find((text) => text !== undefined);
}

function textIn(part: unknown): string | undefined {
  return typeof part === 'string' && part.trim() !== '' ? part : undefined;
}

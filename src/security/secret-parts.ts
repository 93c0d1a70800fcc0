/** Whether a text from elsewhere holds a long enough part of a secret. */
export type HoldsSecret = (text: string) => boolean;

/**
 * Makes a function that finds parts of the given values in a text, in the forms that servers and gateways are known to give
 * them: raw, in other letters (NFD, Latin-1), in part, percent-encoded (also as a form, or by Latin-1), in HTML or JSON
 * escapes, in hex and in base64 of any shift, also of UTF-16. Forms without end can be thought of (decision 0125): a text
 * is compared by its letters and digits alone, and a part is enough. A value with fewer than six of them has no parts. Values
 * that are added to the list later count from then on.
 */
export function secretParts(values: readonly (string | undefined)[]): HoldsSecret {
  let known = 0;
  let parts: Parts = new Map();
  return (text) => {
    if (values.length !== known) {
      known = values.length;
      parts = partsOf(values.filter((value) => value !== undefined));
    }
    return parts.size > 0 && readings(text).some((reading) => holds(skeleton(reading), parts));
  };
}

/** By their length, all parts of that length. */
type Parts = Map<number, Set<string>>;

/** Shorter values would be found in any text. */
const leastLetters = 6;
/** A part of so many letters is one, however long the secret is; "password" alone is hardly one. */
const longestPart = 10;
/** Of a shorter secret, this share. */
const partShare = 0.7;

function partsOf(values: readonly string[]): Parts {
  const parts: Parts = new Map();
  const worthIt = values.filter((value) => skeleton(value).length >= leastLetters);
  for (const value of worthIt) {
    // "user:password" and "Bearer token" hold what is secret, and what is not: names, which any message may hold.
    if (worthIt.some((other) => other !== value && value.includes(other))) continue;
    const plain = skeleton(value);
    const length = Math.max(leastLetters - 1, Math.min(longestPart, Math.ceil(plain.length * partShare)));
    add(parts, plain, length);
    add(parts, skeleton(withoutOthers(value)), length);
    for (const [encoding, bytesEach] of bytesOfLetters) {
      const bytes = Buffer.from(value, encoding);
      add(parts, bytes.toString('hex'), length * bytesEach * 2);
      for (const shift of [0, 1, 2]) {
        const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
        add(parts, skeleton(shifted.slice(shift + 1)), Math.ceil((length * bytesEach * 4) / 3));
      }
    }
  }
  return parts;
}

const bytesOfLetters = [
  ['utf8', 1],
  ['latin1', 1],
  ['utf16le', 2],
] as const;

function add(parts: Parts, text: string, length: number): void {
  const ofLength = parts.get(length) ?? new Set();
  parts.set(length, ofLength);
  for (let at = 0; at + length <= text.length; at += 1) ofLength.add(text.slice(at, at + length));
}

function holds(text: string, parts: Parts): boolean {
  for (const [length, ofLength] of parts) {
    for (let at = 0; at + length <= text.length; at += 1) {
      if (ofLength.has(text.slice(at, at + length))) return true;
    }
  }
  return false;
}

/** Letters and digits alone, whatever their case and marks. */
function skeleton(text: string): string {
  return text
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[øæđðþł]/g, (letter) => plainLetters[letter] ?? '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const plainLetters: Readonly<Record<string, string>> = { ø: 'o', æ: 'ae', đ: 'd', ð: 'd', þ: 'th', ł: 'l' };

/** ASCII alone. */
function withoutOthers(text: string): string {
  return text.replace(/[^\0-\x7f]/g, '');
}

/** What a text says when it is read as it is, and decoded once and twice, by either character set. */
function readings(text: string): string[] {
  const all = [text];
  for (const charset of ['utf8', 'latin1'] as const) {
    const once = decode(text, charset);
    all.push(once, decode(once, charset));
  }
  // What nobody could read became question marks.
  all.push(withoutOthers(text));
  // UTF-8 that somebody took for Latin-1.
  if (!/[^\0-\xff]/.test(text)) all.push(Buffer.from(text, 'latin1').toString('utf8'));
  return [...new Set(all)];
}

function decode(text: string, charset: 'utf8' | 'latin1'): string {
  return text
    .replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString(charset))
    .replace(/\\(?:u([\da-f]{4})|x([\da-f]{2}))/gi, (_, long, short) => character(long ?? short, 16))
    .replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));?/gi, (_, hex, decimal) =>
      hex === undefined ? character(decimal, 10) : character(hex, 16),
    )
    .replace(/&(ae|sz|[a-z])(?:lig|uml|ring|acute|grave|circ|tilde|cedil|slash|caron);/gi, (_, letter) =>
      letter.toLowerCase() === 'sz' ? 'ss' : letter,
    )
    .replace(/&[a-z]{2,8};/gi, '');
}

function character(digits: string, radix: number): string {
  const code = Number.parseInt(digits, radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

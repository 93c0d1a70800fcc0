import { isAscii } from 'node:buffer';

/** What a roster may be encoded in, by the names that TextDecoder has for it. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Reads bytes from a position; 0 at the end. */
export type ReadAt = (part: Uint8Array, position: number) => Promise<number>;

/** Larger than the parts that rows are made of: nothing of it is kept, and a pass over ASCII is all about calls. */
const partBytes = 256 * 1024;

const marks: readonly (readonly [mark: string, Encoding])[] = [
  ['\xEF\xBB\xBF', 'utf-8'],
  ['\xFF\xFE', 'utf-16le'],
  ['\xFE\xFF', 'utf-16be'],
];

/**
 * The encoding of a file: what its byte order mark says, else UTF-8, else Windows-1252. A file is Windows-1252 only where
 * nothing speaks for anything else: not one character beyond ASCII is UTF-8, none of its bytes is one that Windows-1252
 * leaves out, and more of them are letters of Western Europe than signs (code pages of DOS and the Macintosh have their
 * letters where Windows-1252 has signs). Whatever else is not UTF-8 is read as UTF-8, and its broken names are rejected.
 *
 * It reads to the first character beyond ASCII that is UTF-8, so up to the whole file.
 *
 * @throws what `readAt` throws
 */
export async function findEncoding(readAt: ReadAt): Promise<Encoding> {
  const part = Buffer.alloc(partBytes);
  const count = { letters: 0, signs: 0 };
  let before = '';
  for (let position = 0; ; ) {
    const bytes = part.subarray(0, await readAt(part, position));
    if (bytes.length === 0) break;
    if (position === 0) {
      const beginning = bytes.toString('latin1', 0, 3);
      const marked = marks.find(([mark]) => beginning.startsWith(mark));
      if (marked) return marked[1];
    }
    position += bytes.length;
    if (isAscii(bytes)) continue;
    const text = before + bytes.toString('latin1');
    if (utf8Character.test(text) || unassigned.test(text)) return 'utf-8';
    before = text.slice(-3);
    countBytes(bytes, count);
  }
  return count.letters > count.signs ? 'windows-1252' : 'utf-8';
}

/** The bytes of one character beyond ASCII in UTF-8 (RFC 3629), one character a byte. */
const utf8Character =
  /[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEF][\x80-\xBF]{2}|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2}/;
/** Bytes without a character in Windows-1252. */
const unassigned = /[\x81\x8D\x8F\x90\x9D]/;

/** Š, Œ, Ž, š, œ, ž, Ÿ and the blank that does not break speak neither for Windows-1252 nor against it. */
const silent: ReadonlySet<number> = new Set([0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f, 0xa0]);

function countBytes(bytes: Uint8Array, count: { letters: number; signs: number }): void {
  for (const byte of bytes) {
    if (byte < 0x80 || silent.has(byte)) continue;
    if (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7) count.letters += 1;
    else count.signs += 1;
  }
}

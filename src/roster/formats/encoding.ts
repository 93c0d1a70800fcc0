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
  const evidence = { letters: 0, signs: 0, awaited: 0, least: 0x80, most: 0xbf };
  for (let position = 0; ; ) {
    const bytes = part.subarray(0, await readAt(part, position));
    if (bytes.length === 0) break;
    if (position === 0) {
      const beginning = bytes.toString('latin1', 0, 3);
      const marked = marks.find(([mark]) => beginning.startsWith(mark));
      if (marked) return marked[1];
    }
    position += bytes.length;
    if (isAscii(bytes)) evidence.awaited = 0;
    else if (speaksForUtf8(bytes, evidence)) return 'utf-8';
  }
  return evidence.letters > evidence.signs ? 'windows-1252' : 'utf-8';
}

/** What the bytes so far say. */
interface Evidence {
  /** Bytes that are letters in Windows-1252, and those that are signs. */
  letters: number;
  signs: number;
  /** How many bytes are still to come of a character of UTF-8, and between which the next one must be (RFC 3629). */
  awaited: number;
  least: number;
  most: number;
}

/** Bytes without a character in Windows-1252. */
const unassigned: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
/** Š, Œ, Ž, š, œ, ž, Ÿ, the blank that does not break, × and ÷ speak neither for Windows-1252 nor against it. */
const silent: ReadonlySet<number> = new Set([0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f, 0xa0, 0xd7, 0xf7]);

/** Whether there is a character of UTF-8, or a byte that can be none of Windows-1252. */
function speaksForUtf8(bytes: Uint8Array, evidence: Evidence): boolean {
  for (const byte of bytes) {
    if (byte < 0x80) {
      evidence.awaited = 0;
      continue;
    }
    if (unassigned.has(byte)) return true;
    if (evidence.awaited > 0 && byte >= evidence.least && byte <= evidence.most) {
      evidence.awaited -= 1;
      if (evidence.awaited === 0) return true;
      evidence.least = 0x80;
      evidence.most = 0xbf;
    } else beginCharacter(byte, evidence);
    if (silent.has(byte)) continue;
    if (byte >= 0xc0) evidence.letters += 1;
    else evidence.signs += 1;
  }
  return false;
}

function beginCharacter(byte: number, evidence: Evidence): void {
  evidence.awaited = byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  evidence.least = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
  evidence.most = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
}

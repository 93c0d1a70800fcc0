import { type Encoding, findEncoding, type ReadAt } from './encoding.ts';
import { type Lines, maxRowLength, readLines } from './lines.ts';

/**
 * What is read at once. Larger parts are no faster, and from 16 KB on V8 takes the rows of a part for something that
 * lasts: it then makes them where garbage is collected late, which costs 100 MB over a million users.
 */
const partBytes = 8 * 1024;

/** The text of a roster, before anybody knows what its lines mean. */
export interface RosterText {
  readonly encoding: Encoding;
  readonly isNdjson: boolean;
  /** To be read once. */
  readonly lines: AsyncGenerator<Lines>;
}

/**
 * Finds out what a roster is written in.
 *
 * @param ending of its path, which tells CSV from NDJSON; else the first character does
 * @throws what `readAt` throws
 */
export async function openText(ending: string, readAt: ReadAt): Promise<RosterText> {
  const encoding = await findEncoding(readAt);
  return {
    encoding,
    isNdjson: await isNdjsonText(ending, readAt, encoding),
    lines: readLines(readBytes(readAt), encoding),
  };
}

async function isNdjsonText(ending: string, readAt: ReadAt, encoding: Encoding): Promise<boolean> {
  if (ending === '.csv') return false;
  if (ending === '.ndjson' || ending === '.jsonl') return true;
  const beginning = Buffer.alloc(maxRowLength);
  const bytesRead = await readAt(beginning, 0);
  return new TextDecoder(encoding).decode(beginning.subarray(0, bytesRead)).trimStart().startsWith('{');
}

/** By position, so that the file can be read again and by two readers at once. */
async function* readBytes(readAt: ReadAt): AsyncGenerator<Uint8Array> {
  const part = Buffer.alloc(partBytes);
  let position = 0;
  while (true) {
    const bytesRead = await readAt(part, position);
    if (bytesRead === 0) return;
    yield part.subarray(0, bytesRead);
    position += bytesRead;
  }
}

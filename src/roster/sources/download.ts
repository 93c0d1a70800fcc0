import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import type { DownloadConfig } from '../../config/roster/download.ts';
import { downloadPrefix } from '../../config/settings/download.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { readTls } from '../../security/tls.ts';
import { RosterError, RosterInterrupted } from '../errors.ts';
import type { Patience } from '../patience.ts';
import { type Roster, rosterFromStream } from '../roster.ts';
import { brokenDownload, refusedDownload, tooLarge, unmeasured, webPage } from './download-errors.ts';
import { createShelf } from './shelf.ts';

/** What was fetched last is kept as long as this process lives, because a server may say that it is still the same. */
const shelf = createShelf();

/**
 * Fetches the roster from a web server, whole and once, into a private file. Where the server says that it is still the one
 * of last time (ETag), that is used again.
 *
 * @throws RosterError when it cannot be fetched whole, RosterInterrupted after the signal
 */
export async function openDownload(download: DownloadConfig, patience: Patience): Promise<Roster> {
  const { href: name } = download.url;
  const { timeoutMs, signal } = patience;
  const agent = openAgent(download, timeoutMs);
  try {
    const known = shelf.etagOf(name);
    const headers = headersFor(download, known);
    const answer = await request(download.url, { dispatcher: agent, headers, ...(signal ? { signal } : {}) });
    if (answer.statusCode === 304 && known !== undefined) {
      const kept = shelf.take(name, known);
      if (kept) return kept;
    }
    checkAnswer(name, answer);
    const body = Readable.from(limited(answer.body, download, timeoutMs));
    // The deadline of the client says more than that of whoever waits for the next part.
    const roster = await rosterFromStream({ name, ending: '' }, body, {
      ...patience,
      timeoutMs: timeoutMs * 2,
    });
    return shelf.put(name, dated(roster, answer), headerOf(answer, 'etag'));
  } catch (error) {
    if (signal?.aborted) throw new RosterInterrupted(name);
    throw error instanceof OperatorError ? error : brokenDownload(name, error, timeoutMs);
  } finally {
    await agent.destroy();
  }
}

function openAgent({ caFile }: DownloadConfig, timeoutMs: number): Agent {
  try {
    const connect = { ...readTls(downloadPrefix, { caFile }), timeout: timeoutMs };
    return new Agent({ connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  } catch (error) {
    throw error instanceof OperatorError ? new RosterError(error.problem, error.advice) : error;
  }
}

function headersFor(
  { headerName, headerValue }: DownloadConfig,
  etag: string | undefined,
): Record<string, string> {
  return {
    // Its length is compared with what the server says it is.
    'accept-encoding': 'identity',
    ...(headerName !== undefined && headerValue !== undefined ? { [headerName]: headerValue } : {}),
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
}

type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>;

/** Whether it can be the roster at all, and whether it would show if the end were missing. */
function checkAnswer(name: string, answer: Answer): void {
  if (answer.statusCode !== 200) throw refusedDownload(name, answer.statusCode);
  if (/^text\/html\b/i.test(headerOf(answer, 'content-type') ?? '')) throw webPage(name);
  const isMeasured =
    headerOf(answer, 'content-length') !== undefined ||
    headerOf(answer, 'transfer-encoding')?.toLowerCase() === 'chunked';
  if (!isMeasured) throw unmeasured(name);
}

/** What comes, up to the limit. @throws RosterError when there is more, or less than there should be */
async function* limited(
  body: Readable,
  { url: { href: name }, maxMegabytes = 0 }: DownloadConfig,
  timeoutMs: number,
): AsyncGenerator<Uint8Array> {
  let left = maxMegabytes * 1024 * 1024;
  try {
    for await (const part of body) {
      const bytes: Uint8Array = part;
      left -= bytes.byteLength;
      if (left < 0) throw tooLarge(name, maxMegabytes);
      yield bytes;
    }
  } catch (error) {
    throw error instanceof OperatorError ? error : brokenDownload(name, error, timeoutMs);
  }
}

/** With when it was last changed, where the server says it. */
function dated(roster: Roster, answer: Answer): Roster {
  const changedAtMs = Date.parse(headerOf(answer, 'last-modified') ?? '');
  return Number.isNaN(changedAtMs) ? roster : { ...roster, writtenAtMs: async () => changedAtMs };
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

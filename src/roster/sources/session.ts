import { Client, type Entry, type Filter } from 'ldapts';
import type { DirectoryConfig } from '../../config/roster/directories.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import { readTls, type TlsSettings } from '../../security/tls.ts';
import { RosterError, RosterInterrupted } from '../errors.ts';
import type { Patience } from '../patience.ts';
import { emptyPage, lostSignIn, referred, silentDirectory, toDirectoryError } from './directory-errors.ts';

/** A directory that somebody is signed in to. */
export interface Session {
  /** What messages call the directory. */
  readonly name: string;
  /**
   * The entries that a filter finds, a page at a time, each page under a deadline.
   *
   * @throws RosterError unless the directory has given every one of them
   */
  search(filter: Filter, attributes: readonly string[]): AsyncGenerator<readonly Entry[]>;
  close(): void;
}

/**
 * Connects to a directory, encrypts if that is wanted, and signs in.
 *
 * @throws RosterError that says which step failed and why, RosterInterrupted after the signal
 */
export async function openSession(
  name: string,
  directory: DirectoryConfig,
  { timeoutMs, signal }: Patience,
): Promise<Session> {
  const { url, prefix, caFile, startTls, bindDn, bindPassword } = directory;
  const tls = readCertificates(prefix, caFile);
  const isSecure = url.protocol === 'ldaps:';
  // The library takes any setting of TLS for the wish to begin with it.
  const client = new Client({
    url: `${url.protocol}//${url.host}`,
    ...(isSecure ? { tlsOptions: tls } : {}),
  });
  const close = () => void client.unbind().catch(() => {});
  signal?.addEventListener('abort', close, { once: true });

  async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new RosterInterrupted(name);
    try {
      const end = await withDeadline(work(), timeoutMs, silent);
      if (end !== silent) return end;
      throw silentDirectory(name, what, timeoutMs);
    } catch (error) {
      if (signal?.aborted) throw new RosterInterrupted(name);
      throw error instanceof RosterError ? error : toDirectoryError(error, { name, what, prefix });
    }
  }

  const session: Session = {
    name,
    search: (filter, attributes) => searchWhole({ client, step, directory, name }, filter, attributes),
    close() {
      signal?.removeEventListener('abort', close);
      close();
    },
  };
  try {
    // Without it the name in the certificate would not be compared with that of the host.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (startTls) await step('StartTLS', () => client.startTLS({ ...tls, host }));
    if (bindDn !== undefined) await step('The sign-in', () => client.bind(bindDn, bindPassword));
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** A certificate that cannot be used is a fault of the source like any other: the run that reads it fails. */
function readCertificates(prefix: string, caFile: string | undefined): TlsSettings {
  try {
    return readTls(prefix, { caFile });
  } catch (error) {
    throw error instanceof OperatorError ? new RosterError(error.problem, error.advice) : error;
  }
}

const silent = Symbol('silent');

interface Search {
  readonly client: Client;
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  readonly directory: DirectoryConfig;
  readonly name: string;
}

async function* searchWhole(
  search: Search,
  filter: Filter,
  attributes: readonly string[],
): AsyncGenerator<readonly Entry[]> {
  const { pageSize } = search.directory;
  let found = 0;
  let last = 0;
  for await (const page of pagesOf(search, { filter, attributes, pageSize })) {
    found += page.length;
    last = page.length;
    yield page;
  }
  // The library takes a page without entries for the last one, and some directories send such pages in between. Where
  // all pages before it are full, it may be the last; pages of another size then have to come to the same number.
  if (found === 0 || last > 0) return;
  let again = 0;
  const other = Math.max(1, pageSize - 1);
  for await (const page of pagesOf(search, { filter, attributes: ['1.1'], pageSize: other }))
    again += page.length;
  if (again !== found || (pageSize === 1 && found > 0)) throw emptyPage(search.name, search.directory.prefix);
}

interface Question {
  readonly filter: Filter;
  readonly attributes: readonly string[];
  readonly pageSize: number;
}

async function* pagesOf(
  { client, step, directory, name }: Search,
  { filter, attributes, pageSize }: Question,
): AsyncGenerator<readonly Entry[]> {
  const { base, scope, bindDn, startTls, prefix } = directory;
  const pages = client.searchPaginated(base, {
    filter,
    scope,
    attributes: [...attributes],
    paged: { pageSize },
  });
  for (;;) {
    // The library would connect again by itself: then nobody is signed in, and nothing is encrypted.
    if ((bindDn !== undefined || startTls) && !client.isConnected) throw lostSignIn(name);
    const { done, value } = await step('The search', () => pages.next());
    if (done) return;
    if (value.searchReferences.length > 0) throw referred(name, prefix);
    yield value.searchEntries;
  }
}

import { hash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { OperatorError } from '../../domain/operator-error.ts';
import { systemErrorText } from '../../domain/system-error.ts';
import { UsageError } from '../usage-error.ts';

/** A person did not grant what was asked for. */
class NotAuthorized extends OperatorError {
  override readonly name = 'NotAuthorized';

  constructor(code: string) {
    super({
      problem: `SuperOffice did not authorize the app (${code}).`,
      advice: 'Sign in as an administrator of the tenant who may approve the app, and run the command again.',
    });
  }
}

/** Where the browser brings the code. */
export interface Callback {
  /** Rejects when the sign-in is refused. */
  readonly code: Promise<string>;
  close(): void;
}

/**
 * Listens on this machine for the browser that comes back from a sign-in. What does not bring the right state is not of
 * this sign-in, and is turned away.
 *
 * @throws UsageError when the port is taken
 */
export async function listenForCode(redirect: URL, state: string): Promise<Callback> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  // It may be refused before anybody waits for it.
  code.catch(() => {});
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', redirect);
    if (request.method !== 'GET' || asked.pathname !== redirect.pathname)
      return show(response, 404, 'Nothing is here.');
    if (!isEqual(asked.searchParams.get('state') ?? '', state))
      return show(response, 400, 'This is not the sign-in that was begun. Open the printed address again.');
    const error = asked.searchParams.get('error');
    const found = asked.searchParams.get('code');
    if (error !== null) {
      show(response, 200, 'SuperOffice did not authorize the app. Go back to the terminal.');
      // A code of OAuth (RFC 6749, section 4.1.2.1), which is shown.
      return reject(new NotAuthorized(/^\w{1,64}$/.test(error) ? error : 'an unknown error'));
    }
    if (!found) return show(response, 400, 'The code is missing. Open the printed address again.');
    show(response, 200, 'Signed in. Close this page and go back to the terminal.');
    resolve(found);
  });
  const host = redirect.hostname.replace(/^\[(.*)\]$/, '$1');
  try {
    server.listen(Number(redirect.port || 80), host);
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(
      `Nobody can be listened for at ${redirect.href}: ${systemErrorText(error)}.`,
      'Choose another address with --redirect, and register it with the app.',
      { cause: error },
    );
  }
  return {
    code,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function show(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    // The address of this page holds the code.
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(`${text}\n`);
}

/** Of two hashes every byte is compared, whatever the first is. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}

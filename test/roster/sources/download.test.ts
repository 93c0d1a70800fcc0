import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { readDownload } from '../../../src/config/roster/download.ts';
import { problemLine } from '../../../src/config/settings/problem.ts';
import { RosterInterrupted } from '../../../src/roster/errors.ts';
import { openSource } from '../../../src/roster/sources/open-source.ts';
import { startServer } from '../../clients/local-server.ts';

const csv = 'username,active\nanna,true\nbo,\n';
const fixture = (name: string) => join(import.meta.dirname, '../../clients/fixtures', name);
const secret = { ROSTER_HTTP_HEADER_VALUE: 'Bearer canary-roster-token' };

type Environment = Readonly<Record<string, string>>;

function open(url: URL, environment: Environment = {}, timeoutMs = 20_000, signal?: AbortSignal) {
  const { download, problems } = readDownload(url.href, environment);
  expect(problems).toEqual([]);
  const settings = { directories: [], download, roster: url.href };
  return openSource(settings, Readable.from([]), { timeoutMs, signal });
}

async function read(url: URL, environment?: Environment): Promise<string[]> {
  const roster = await open(url, environment);
  try {
    const rows = (await Array.fromAsync(roster.read(DateTime.now()))).flat();
    return rows.flatMap((row) => ('user' in row ? [row.user.username] : []));
  } finally {
    await roster.close();
  }
}

function serve(reply: (response: ServerResponse, headers: NodeJS.Dict<string | string[]>) => void) {
  return startServer(({ headers }, response) => reply(response, headers));
}

const pathOf = ({ url }: { readonly url: URL }) => new URL('/users.csv', url);

it('a roster is fetched with the header that signs in, and asked for again only if it changed', async () => {
  let text = csv;
  const server = await serve((response, { 'if-none-match': known, authorization }) => {
    if (authorization !== secret.ROSTER_HTTP_HEADER_VALUE) response.writeHead(401).end();
    else if (known === `"${text.length}"`) response.writeHead(304).end();
    else response.writeHead(200, { etag: `"${text.length}"` }).end(text);
  });
  const first = await open(pathOf(server), secret);
  expect(await read(pathOf(server), secret)).toEqual(['anna', 'bo']);
  text += 'cecilia,\n';
  expect(await read(pathOf(server), secret)).toEqual(['anna', 'bo', 'cecilia']);
  // Who has the earlier one open still reads it.
  expect((await Array.fromAsync(first.read(DateTime.now()))).flat()).toHaveLength(2);
  await first.close();
  expect(server.received.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"30"', '"30"']);
});

it('NDJSON is told by its first character, and the age by Last-Modified', async () => {
  const changed = 'Sat, 28 Nov 2026 10:00:00 GMT';
  const server = await serve((response) =>
    response.writeHead(200, { 'last-modified': changed }).end('{"username":"anna"}\n'),
  );
  const roster = await open(pathOf(server));
  expect(await roster.writtenAtMs?.()).toBe(Date.parse(changed));
  expect((await Array.fromAsync(roster.read(DateTime.now()))).flat()).toHaveLength(1);
  await roster.close();
});

it.each<[string, (response: ServerResponse) => unknown, RegExp]>([
  [
    'a refused sign-in',
    (response) => response.writeHead(401).end('canary'),
    /401\. Check ROSTER_HTTP_HEADER/,
  ],
  [
    'another address',
    (response) => response.writeHead(302, { location: '/x' }).end(),
    /302\. It leads elsewhere/,
  ],
  ['a fault', (response) => response.writeHead(503).end(), /503\. Look at its log/],
  ['not modified, unasked', (response) => response.writeHead(304).end(), /304/],
  [
    'a web page',
    (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(csv),
    /a web page, which may be one to sign in/,
  ],
  [
    'less than it announced',
    (response) => {
      response.writeHead(200, { 'content-length': 1000 }).write(csv);
      setImmediate(() => response.destroy());
    },
    /ended before its end/,
  ],
  [
    'chunks without the last',
    (response) => {
      response.writeHead(200).write(csv);
      setImmediate(() => response.destroy());
    },
    /ended before its end/,
  ],
  [
    'neither length nor chunks',
    (response) => response.socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${csv}`),
    /does not say how long/,
  ],
  [
    'more than the limit',
    (response) => response.writeHead(200).end(Buffer.alloc(1024 * 1024 + 1, 'a')),
    /larger than 1 MB\. .*ROSTER_HTTP_MAX_MEGABYTES/,
  ],
])('%s is an error, and never a smaller roster', async (_, reply, told) => {
  const server = await serve(reply);
  const reading = read(pathOf(server), { ...secret, ROSTER_HTTP_MAX_MEGABYTES: '1' });
  await expect(reading).rejects.toMatchObject({ name: 'RosterError', message: expect.stringMatching(told) });
  await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('canary') });
});

it('a server that says nothing is given up, or left at once when nobody waits any more', async () => {
  const server = await serve(() => {});
  await expect(open(pathOf(server), {}, 50)).rejects.toThrow('gave nothing for 0.05 s. Check the server');
  const stop = new AbortController();
  const waiting = open(pathOf(server), {}, 3_600_000, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toBeInstanceOf(RosterInterrupted);
});

it('the certificate has to be of an authority that is trusted', async () => {
  const tls = { cert: readFileSync(fixture('server.pem')), key: readFileSync(fixture('server.key.pem')) };
  const server = await startServer((_, response) => response.end(csv), tls);
  await expect(read(pathOf(server))).rejects.toThrow('Set ROSTER_HTTP_CA_FILE');
  expect(await read(pathOf(server), { ROSTER_HTTP_CA_FILE: fixture('authority.pem') })).toEqual([
    'anna',
    'bo',
  ]);
});

it.each<[string, string, Environment, string]>([
  ['http', 'http://a.example/users.csv', {}, 'CARETAKER_ROSTER: is fetched in clear'],
  ['a password', 'https://a:canary@a.example/users.csv', {}, 'CARETAKER_ROSTER: expected an https address'],
  ['a query', 'https://a.example/users.csv?sig=canary', {}, 'CARETAKER_ROSTER: expected an https address'],
  ['a file', 'users.csv', secret, 'ROSTER_HTTP_*: has no effect'],
])('%s where a web server is described is a wrong configuration', (_, roster, environment, told) => {
  const problems = readDownload(roster, environment).problems.map(problemLine);
  expect(problems).toEqual([expect.stringContaining(told)]);
  expect(problems.join()).not.toContain('canary');
});

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: a status and body, or anything done to the response itself. */
export type Reply = (received: Received, response: ServerResponse) => void;

/** A server on loopback for the length of a test. */
export interface LocalServer {
  /** Ends in `/api/`. */
  readonly url: URL;
  readonly received: Received[];
}

/** @param onConnection sees each connection below TLS */
export async function startServer(
  reply: Reply,
  tls?: ServerOptions,
  onConnection: (socket: Socket) => void = () => {},
): Promise<LocalServer> {
  const received: Received[] = [];
  const server = tls ? createSecureServer(tls) : createServer();
  server.on('connection', onConnection);
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const arrived = { method, target, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(arrived);
      reply(arrived, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}/api/`), received };
}

/** Answers every request alike. */
export function always(
  status: number,
  body = '',
  headers: Readonly<Record<string, string | string[]>> = {},
): Reply {
  return (_received, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
  };
}

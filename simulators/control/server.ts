import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { close, listen } from '../http/listen.ts';
import { rosterCsv } from '../people/roster.ts';
import type { Worlds } from '../worlds.ts';
import { RosterQuery } from './bodies.ts';
import { ControlError, parse, route } from './routes.ts';

/** Serves the control port on 127.0.0.1: JSON over HTTP, described in docs/simulators.md. */
export async function serveControl(
  worlds: Worlds,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(worlds, request, response).catch((error: unknown) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const status = error instanceof ControlError ? error.status : 500;
      sendJson(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  return { port: await listen(server, port), close: () => close(server) };
}

async function answer(worlds: Worlds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const query = Object.fromEntries(url.searchParams);
  if (request.method === 'GET' && url.pathname === '/roster.csv') {
    const { users } = parse(RosterQuery, query);
    response.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8' });
    return pipeline(Readable.from(rosterCsv(worlds.people, users)), response);
  }
  const body = request.method === 'POST' ? await readJson(request) : undefined;
  sendJson(response, 200, route(worlds, `${request.method} ${url.pathname}`, query, body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > 65_536)
      throw new ControlError(413, 'the body is longer than anything the control port accepts');
  }
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  response.end(body);
}

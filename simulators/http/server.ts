import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Answer, empty } from './answers.ts';
import type { Authorize } from './auth.ts';
import { type Exchange, end, send, spoil } from './exchange.ts';
import { type Fault, type Faults, isCarriedOut } from './faults.ts';
import { close, listen } from './listen.ts';
import type { Traffic } from './traffic.ts';

/** Operations that are switched off: 403 blocked by configuration, 405 not in this version of the API. */
export type Switches = ReadonlyMap<string, 403 | 405>;

/** A request that was understood (or refused): whom it is about and how it is carried out. */
export interface Prepared {
  /** -1: nobody in particular. */
  readonly person: number;
  readonly carryOut: () => Answer;
}

/** What is particular to a vendor; the rest of a server is the same for both. */
export interface VendorApi {
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly authorize: Authorize | undefined;
  /** The answer of what stands before the operations, whatever the credentials; undefined lets a request through. */
  readonly turnedAway?: (headers: IncomingHttpHeaders) => Answer | undefined;
  /** The answer to wrong credentials. */
  readonly denied: Answer;
  readonly switches: Switches;
  /** The name of an operation, as counted and used in faults; undefined if there is none. */
  operation(method: string, path: string): string | undefined;
  prepare(operation: string, query: string, contentType: string | undefined, body: string): Prepared;
  /** The answer to a request that is no operation. */
  unknown(path: string): Answer;
  usernameOf(person: number): string | undefined;
  /** An error in the vendor's own form. */
  error(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer;
}

const maxBodyBytes = 1024 * 1024;
/** As long as IIS keeps an idle connection, so that no client meets one that just closed. */
const keepAliveMs = 120_000;
const unknownOperation = 'unknown';

/** Serves a vendor on 127.0.0.1; port 0 takes a free one. */
export async function serveVendor(
  vendor: VendorApi,
  port: number,
  /** The header Date of its answers; undefined for none. Called for each. */
  dateHeader: () => string | undefined,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    const date = dateHeader();
    response.sendDate = date !== undefined;
    if (date !== undefined) response.setHeader('Date', date);
    // The head of the address itself is no operation of the vendor, and says what time it is.
    if (request.method === 'HEAD') response.writeHead(404).end();
    else receive(vendor, request, response);
  });
  return { port: await listen(server, port), close: () => close(server) };
}

function receive(vendor: VendorApi, request: IncomingMessage, response: ServerResponse): void {
  const { traffic } = vendor;
  const { url = '/', method = 'GET' } = request;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const known = vendor.operation(method, path);
  const operation = known ?? unknownOperation;
  traffic.arrived(operation);
  const exchange: Exchange = { traffic, operation, request, response, hasEnded: false };
  if (known === undefined) {
    traffic.violated(operation, `${method} ${path.slice(0, 80)} is not in the vendor's documentation`);
    request.resume();
    proceed(vendor, exchange, { person: -1, carryOut: () => vendor.unknown(path) });
  } else if (method === 'GET' || method === 'DELETE') {
    proceed(vendor, exchange, vendor.prepare(operation, query, undefined, ''));
  } else {
    collectBody(exchange, (body) => {
      const contentType = request.headers['content-type'];
      proceed(vendor, exchange, vendor.prepare(operation, query, contentType, body));
    });
  }
}

function collectBody(exchange: Exchange, whole: (body: string) => void): void {
  const { request } = exchange;
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => whole(Buffer.concat(chunks).toString()));
  request.on('close', () => {
    if (!request.complete) end(exchange, 0);
  });
}

function proceed(vendor: VendorApi, exchange: Exchange, prepared: Prepared): void {
  const { person } = prepared;
  if (person >= 0) vendor.traffic.concerns(person);
  const trouble = vendor.faults.next(exchange.operation, () => vendor.usernameOf(person));
  if (trouble === undefined) {
    send(exchange, answerTo(vendor, exchange, prepared));
    return;
  }
  const { delayMs, fault } = trouble;
  if (fault !== undefined) vendor.traffic.faulted(fault.kind);
  else if (delayMs > vendor.faults.latencyMs) vendor.traffic.faulted('delay');
  if (delayMs <= 0) {
    act(vendor, exchange, prepared, fault);
    return;
  }
  const timer = setTimeout(() => act(vendor, exchange, prepared, fault), delayMs);
  exchange.response.once('close', () => {
    clearTimeout(timer);
    end(exchange, 0);
  });
}

function act(vendor: VendorApi, exchange: Exchange, prepared: Prepared, fault: Fault | undefined): void {
  if (fault === undefined) {
    send(exchange, answerTo(vendor, exchange, prepared));
    return;
  }
  const answer = isCarriedOut(fault) ? answerTo(vendor, exchange, prepared) : undefined;
  const status = fault.status ?? 500;
  // A success that does nothing: the vendor says yes, as it does when it has done something.
  const said =
    status < 300
      ? { ...empty, status }
      : vendor.error(status, `Simulated fault: status ${status}.`, fault.headers);
  spoil(exchange, fault, answer, said);
}

/** The vendor's honest answer: the credentials first, then what an administrator switched off, then the operation. */
function answerTo(vendor: VendorApi, exchange: Exchange, prepared: Prepared): Answer {
  const { authorize, denied, switches } = vendor;
  const turnedAway = vendor.turnedAway?.(exchange.request.headers);
  if (turnedAway) return turnedAway;
  if (authorize !== undefined && !authorize(exchange.request.headers)) return denied;
  const status = switches.get(exchange.operation);
  if (status === undefined) return prepared.carryOut();
  if (status === 403) return vendor.error(403, 'The request path is blocked or disabled by configuration.');
  return vendor.error(405, 'The operation is not supported by this version of the API.');
}

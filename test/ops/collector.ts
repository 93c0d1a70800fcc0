import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A span as a collector gets it, attributes as an object. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What OpenTelemetry's collector is to those who send traces: an address that takes them. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly SentSpan[];
  /** Every body, as it came. */
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
  readonly resource: Readonly<Record<string, string | number>>;
  forget(): void;
  close(): Promise<void>;
}

type Manner = 'takes' | 'refuses' | 'never answers';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
}
type Attributes = readonly { readonly key: string; readonly value: Value }[];
type RawSpan = Omit<SentSpan, 'facts'> & { readonly attributes: Attributes };
interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

export async function openCollector(manner: Manner = 'takes'): Promise<Collector> {
  const spans: SentSpan[] = [];
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const resource: Record<string, string | number> = {};
  const sockets = new Set<Socket>();

  function take(text: string, response: ServerResponse): void {
    bodies.push(text);
    for (const { resource: from, scopeSpans } of (JSON.parse(text) as Body).resourceSpans) {
      Object.assign(resource, plain(from.attributes));
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({ ...span, facts: plain(span.attributes) });
      }
    }
    if (manner === 'takes') response.setHeader('content-type', 'application/json').end('{}');
    if (manner === 'refuses') response.writeHead(503).end();
  }

  const server = createServer((request, response) => {
    headers.push(request.headers);
    if (request.url !== '/v1/traces') return response.writeHead(404).end();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    return request.on('end', () => take(Buffer.concat(chunks).toString('utf8'), response));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    resource,
    forget() {
      for (const list of [spans, bodies, headers]) list.length = 0;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function plain(attributes: Attributes = []): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue ?? Number.NaN),
    ]),
  );
}

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** An HTTP proxy on loopback for the length of a test. */
export interface LocalProxy {
  readonly url: URL;
  /** What it was asked for: `CONNECT host:port`, or method and address. */
  readonly asked: string[];
}

/** How a proxy answers. */
interface ProxyOptions {
  /** The user and password that it demands. */
  readonly credentials?: string;
  /** What it answers in place of opening a way. */
  readonly status?: number;
  /** Where every name leads, as behind a firewall whose names only the proxy knows. */
  readonly port?: number;
}

export async function startProxy({ credentials, status, port }: ProxyOptions = {}): Promise<LocalProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const isSignedIn = (header: string | undefined) =>
    credentials === undefined || header === `Basic ${Buffer.from(credentials).toString('base64')}`;

  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    asked.push(`${method} ${url}`);
    const { 'proxy-authorization': authorization, ...others } = headers;
    const refused = status ?? (isSignedIn(authorization) ? undefined : 407);
    if (refused !== undefined) {
      outgoing.writeHead(refused).end();
      return;
    }
    const target = new URL(url);
    const onwards = request(
      {
        host: '127.0.0.1',
        port: port ?? target.port,
        method,
        path: target.pathname + target.search,
        headers: { ...others, via: '1.1 local' },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(onwards);
  });
  server.on('connect', (incoming, socket: Socket, head) => {
    const { url = '', headers } = incoming;
    asked.push(`CONNECT ${url}`);
    socket.on('error', () => {});
    const refused = status ?? (isSignedIn(headers['proxy-authorization']) ? undefined : 407);
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused} No\r\n\r\n`);
      return;
    }
    const onwards = connect({ host: '127.0.0.1', port: port ?? Number(url.split(':').at(-1)) });
    sockets.add(onwards);
    onwards.on('error', () => socket.destroy());
    onwards.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.write(head);
      onwards.pipe(socket).pipe(onwards);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  const url = new URL(`http://127.0.0.1:${own}`);
  [url.username = '', url.password = ''] = (credentials ?? '').split(':').map(encodeURIComponent);
  return { url, asked };
}

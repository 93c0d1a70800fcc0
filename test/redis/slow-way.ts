import { createConnection, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a Redis on which each piece takes `onewayMs` in either direction; resolves to its address. It ends with the test. */
export async function slowWay(socketPath: string, onewayMs: number): Promise<string> {
  const server = createServer((near) => {
    const far = createConnection(socketPath);
    carry(near, far, onewayMs);
    carry(far, near, onewayMs);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function carry(from: Socket, to: Socket, onewayMs: number): void {
  from.on('data', (piece) => setTimeout(() => to.write(piece), onewayMs));
  from.on('error', () => {});
  from.on('close', () => to.destroy());
}

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most so many connections open: one more closes the oldest that waits for a request, or else the oldest. Node's
 * own `maxConnections` closes the new one, so that whoever leaves connections open would keep the probes out; here they
 * keep out only themselves (decision 0124).
 */
export function limitConnections(server: Server, most: number): void {
  /** In the order in which they came, with how many requests each is being answered. */
  const open = new Map<Socket, number>();

  function oldest(): Socket | undefined {
    for (const [socket, answering] of open) if (answering === 0) return socket;
    return open.keys().next().value;
  }

  function change(socket: Socket, by: 1 | -1): void {
    const answering = open.get(socket);
    if (answering !== undefined) open.set(socket, answering + by);
  }

  server.on('connection', (socket) => {
    // Before the new one is among them: it has had no time to send anything.
    if (open.size >= most) {
      const leaving = oldest();
      if (leaving) open.delete(leaving);
      leaving?.destroy();
    }
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    change(socket, 1);
    response.once('close', () => change(socket, -1));
  });
}

import type { Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';

/** One connection, and how many requests wait for it or are under way on it. */
export interface Connection {
  readonly client: Client;
  load: number;
  /** What it runs over at the moment. */
  socket: Socket | undefined;
}

/** The connections to one server, each with one request under way. */
export interface Pool {
  /** One that is free, or else the next in turn: what it is given then waits until its other requests have ended. */
  take(): Connection;
  /** Has to be called once for each `take`, when the request has ended. */
  give(connection: Connection): void;
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once. */
  destroy(): Promise<void>;
}

/** Those of undici, with what connects. */
type PoolOptions = Client.Options & { readonly connect: buildConnector.connector };

/**
 * Opens connections as they are needed. undici's Pool does so too, but looks through all of them for each request, and
 * lets a request wait in a queue of its own whenever as many are under way as there are connections: in a purge, always.
 * Measured: that takes a tenth of the CPU of a purge (docs/performance.md).
 *
 * @param most how many connections there are at most
 */
export function openPool(origin: string, most: number, options: PoolOptions): Pool {
  const all: Connection[] = [];
  const free: Connection[] = [];
  let turn = 0;

  function open(): Connection {
    const connect: buildConnector.connector = (target, callback) =>
      options.connect(target, (...outcome) => {
        const [, socket] = outcome;
        if (socket) connection.socket = socket;
        callback(...outcome);
      });
    const client = new Client(origin, { ...options, connect });
    const connection: Connection = { client, load: 0, socket: undefined };
    return connection;
  }

  function another(): Connection {
    const next = all[turn % most] ?? open();
    if (all.length < most) all.push(next);
    turn += 1;
    return next;
  }

  return {
    take() {
      const connection = free.pop() ?? another();
      connection.load += 1;
      return connection;
    },
    give(connection) {
      connection.load -= 1;
      if (connection.load === 0) free.push(connection);
    },
    async close() {
      await Promise.all(all.map(({ client }) => client.close()));
    },
    async destroy() {
      await Promise.all(all.map(({ client }) => client.destroy()));
    },
  };
}

import { Client, type Dispatcher } from 'undici';
import { inFlight } from './users.ts';

/* Below what anybody writes: undici's lowest interface, and a connection for each request in flight. */

type Call = Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'body' | 'headers'>;

export interface Clients {
  /** Resolves to the text of the response, whatever its status. */
  call(call: Call): Promise<string>;
  close(): Promise<void>;
}

export function openClients(origin: string): Clients {
  const all = Array.from({ length: inFlight }, () => new Client(origin, { pipelining: 1 }));
  const free = [...all];
  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        const client = free.pop() as Client;
        let text = '';
        client.dispatch(call, {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData(_, chunk) {
            text += chunk.toString();
          },
          onResponseEnd() {
            free.push(client);
            resolve(text);
          },
          onResponseError: (_, error) => reject(error),
        });
      }),
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}

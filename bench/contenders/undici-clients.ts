import { Client } from 'undici';
import { inFlight, inLanes, purges, readQueries, vendorUrl } from './users.ts';

/* What is below the limit: undici's lowest interface, and a connection for each request in flight. Nobody writes it so. */

const { origin, pathname } = new URL(vendorUrl);
const all = Array.from({ length: inFlight }, () => new Client(origin, { pipelining: 1 }));
const free = [...all];

function call(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = free.pop() as Client;
    client.dispatch(
      { method: 'DELETE', path },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd() {
          free.push(client);
          resolve();
        },
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

await inLanes(readQueries(), async (query) => {
  for (const purge of purges) await call(`${pathname}${purge}?${query}`);
});
await Promise.all(all.map((client) => client.close()));

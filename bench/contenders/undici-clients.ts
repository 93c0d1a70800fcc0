import { openClients } from './clients.ts';
import { inLanes, purges, readQueries, vendorUrl } from './users.ts';

/* The limit of the purge. */

const { origin, pathname } = new URL(vendorUrl);
const clients = openClients(origin);
await inLanes(readQueries(), async (query) => {
  for (const purge of purges) await clients.call({ method: 'DELETE', path: `${pathname}${purge}?${query}` });
});
await clients.close();

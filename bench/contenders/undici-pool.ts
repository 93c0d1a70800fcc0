import { Pool } from 'undici';
import { inFlight, inLanes, purges, readQueries, vendorUrl } from './users.ts';

/* The limit: the fastest loop that a person would write. It reads no answer, keeps no record and cannot be stopped. */

const { origin, pathname } = new URL(vendorUrl);
const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
await inLanes(readQueries(), async (query) => {
  for (const purge of purges) {
    const { body } = await pool.request({ method: 'DELETE', path: `${pathname}${purge}?${query}` });
    await body.dump();
  }
});
await pool.close();

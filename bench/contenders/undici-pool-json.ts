import { Pool } from 'undici';
import { inFlight, inLanes, readQueries, vendorUrl } from './users.ts';

/* The limit of the refresh: reads the devices of every user and parses them as JSON, without looking at what came. */

const { origin, pathname } = new URL(vendorUrl);
const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
let devices = 0;
await inLanes(readQueries(), async (query) => {
  const { body } = await pool.request({ method: 'GET', path: `${pathname}Device?${query}` });
  devices += JSON.parse(await body.text()).length;
});
await pool.close();
process.stdout.write(`${devices} devices\n`);

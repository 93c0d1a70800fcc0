import { purges, readQueries, vendorUrl } from './users.ts';

/* The script that is written first. */

for (const query of readQueries()) {
  for (const purge of purges) await fetch(`${vendorUrl}${purge}?${query}`, { method: 'DELETE' });
}

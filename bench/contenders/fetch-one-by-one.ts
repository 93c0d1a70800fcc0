import { fetchPurge, purges, readQueries } from './users.ts';

/* The script that is written first. */

for (const query of readQueries()) {
  for (const purge of purges) await fetchPurge(purge, query);
}

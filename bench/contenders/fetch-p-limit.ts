import pLimit from 'p-limit';
import { fetchPurge, inFlight, purges, readQueries } from './users.ts';

/* The script that is written next, when the first one took all night. */

const limit = pLimit(inFlight);
await Promise.all(
  readQueries().map((query) =>
    limit(async () => {
      for (const purge of purges) await fetchPurge(purge, query);
    }),
  ),
);

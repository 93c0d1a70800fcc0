import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port on which a node of a Redis Cluster talks to the others, unless it is told another. */
const clusterBus = 10_000;

/** A TCP port of 127.0.0.1 that nobody uses right now. */
export async function freePort(): Promise<number> {
  const port = await probe(0);
  if (port === undefined) throw new Error('The system gave no free TCP port.');
  return port;
}

/** A free port whose port for the cluster's own talk is free too. */
export async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + clusterBus < 65_536 && (await probe(port + clusterBus)) !== undefined) return port;
  }
}

/** Listens for a moment; on which port, if that can be done. */
async function probe(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address === null || typeof address === 'string' ? undefined : address.port;
}

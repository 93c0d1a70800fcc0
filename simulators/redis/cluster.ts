import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freeClusterPort } from './free-port.ts';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

/** A Redis Cluster of one's own: masters only, each with its part of the slots. */
export interface PrivateCluster {
  readonly nodes: readonly PrivateRedis[];
  stop(): Promise<void>;
}

const slots = 16_384;
const lookAgainMs = 20;

/** Starts a cluster and waits until every node knows all others and serves. */
export async function startPrivateCluster(size = 3): Promise<PrivateCluster> {
  const nodes: PrivateRedis[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (let index = 0; index < size; index += 1) {
      const port = await freeClusterPort();
      const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '1000' };
      nodes.push(await startPrivateRedis({ port, settings }));
    }
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

async function join(nodes: readonly PrivateRedis[]): Promise<void> {
  const clients = nodes.map(({ socketPath }) => new Redis(socketPath));
  const share = Math.ceil(slots / nodes.length);
  try {
    await Promise.all(
      clients.map(async (client, index) => {
        const mine = Array.from({ length: share }, (_, slot) => index * share + slot);
        // Nodes of the same epoch would quarrel about their slots.
        await client.cluster('SET-CONFIG-EPOCH', index + 1);
        await client.cluster(
          'ADDSLOTS',
          mine.filter((slot) => slot < slots),
        );
      }),
    );
    for (const { url } of nodes.slice(1)) {
      const { hostname, port } = new URL(url);
      await clients[0]?.cluster('MEET', hostname, port);
    }
    await Promise.all(clients.map((client) => untilServing(client, nodes.length)));
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function untilServing(client: Redis, size: number): Promise<void> {
  for (;;) {
    const info = String(await client.cluster('INFO'));
    const facts = ['cluster_state:ok', `cluster_slots_assigned:${slots}`, `cluster_known_nodes:${size}`];
    if (facts.every((fact) => info.includes(fact))) return;
    await delay(lookAgainMs);
  }
}

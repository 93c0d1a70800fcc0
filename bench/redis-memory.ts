import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const lookEveryMs = 50;

/** What Redis uses just now, in bytes. */
export async function readUsedBytes(client: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1] ?? 0);
}

/** Watches how much Redis uses until it is asked for the peak. */
export function watchRedis(client: Redis): { peak(): Promise<number> } {
  let over = false;
  let peak = 0;
  const watched = (async () => {
    while (!over) {
      peak = Math.max(peak, await readUsedBytes(client));
      await delay(lookEveryMs);
    }
  })();
  return {
    async peak() {
      over = true;
      await watched;
      return peak;
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { readMemory } from '../src/redis/memory.ts';

const lookEveryMs = 50;

/** What Redis uses just now, in bytes. */
export async function readUsedBytes(client: Redis): Promise<number> {
  return (await readMemory(client)).usedBytes;
}

/** Watches how much Redis uses until it is told to stop. */
export function watchRedis(client: Redis): { stop(): Promise<void>; peak(): Promise<number> } {
  let over = false;
  let peak = 0;
  const watched = (async () => {
    while (!over) {
      peak = Math.max(peak, await readUsedBytes(client));
      await delay(lookEveryMs);
    }
  })();
  async function stop(): Promise<void> {
    over = true;
    await watched;
  }
  return { stop, peak: () => stop().then(() => peak) };
}

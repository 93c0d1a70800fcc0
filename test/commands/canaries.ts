import type { Redis } from 'ioredis';
import { unpack } from '../../src/queue/messages/packed.ts';

/**
 * Finds secrets in texts in whatever form: raw, escaped, percent-encoded, or inside of something in base64. What is
 * looked for is a word of letters and digits within the secret, which no way of escaping changes.
 */
export interface Canaries {
  /** The names of those that are in the text. */
  sung(text: string): string[];
}

/** Looks for these words, by name. */
export function canaries(words: Readonly<Record<string, string>>): Canaries {
  const forms = Object.entries(words).map(([name, word]) => ({ name, forms: formsOf(word) }));
  return {
    sung(text) {
      const lower = text.toLowerCase();
      return forms
        .filter(
          (one) =>
            one.forms.raw.some((form) => lower.includes(form)) ||
            one.forms.encoded.some((form) => text.includes(form)),
        )
        .map(({ name }) => name);
    },
  };
}

function formsOf(word: string): { raw: string[]; encoded: string[] } {
  const hex = Buffer.from(word).toString('hex');
  // In base64 a word looks different at each of three offsets; its first and last characters mix with their neighbours.
  const encoded = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]);
    const whole = text.subarray(0, text.length - (text.length % 3));
    return [
      whole.toString('base64').slice(shift === 0 ? 0 : 4),
      whole.toString('base64url').slice(shift === 0 ? 0 : 4),
    ];
  });
  return { raw: [word.toLowerCase(), hex], encoded };
}

/** Everything that is in a Redis, as text. */
export async function dumpRedis(redis: Redis): Promise<string> {
  const parts: string[] = [];
  for await (const keys of redis.scanStream({ count: 500 })) {
    for (const key of keys as string[]) parts.push(key, ...(await valuesOf(redis, key)));
  }
  const packed = parts.flatMap((part) => [...part.matchAll(/"(?:packed|found)":"([^"]+)"/g)]);
  const unpacked = packed.map(([, text = '']) => unpack(text) ?? '');
  return [...parts, ...unpacked].join('\n');
}

async function valuesOf(redis: Redis, key: string): Promise<string[]> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return [(await redis.get(key)) ?? ''];
    case 'hash':
      return Object.entries(await redis.hgetall(key)).flat();
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return (await redis.xrange(key, '-', '+')).flatMap(([id, fields]) => [id, ...fields]);
    case 'none':
      return [];
    default:
      throw new Error(`${key} is a ${type}, which cannot be looked into.`);
  }
}

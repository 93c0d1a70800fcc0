import { createHmac, createSecretKey } from 'node:crypto';

const hashLength = 16;

/**
 * Makes a function that stands for a value by a keyed hash (HMAC-SHA256, base64url, first 16 characters): equal values
 * can be recognized, and nobody without the key can try values out.
 */
export function keyedHash(key: string | Buffer): (value: string) => string {
  const prepared = createSecretKey(Buffer.from(key));
  return (value) =>
    createHmac('sha256', prepared).update(value, 'utf8').digest('base64url').slice(0, hashLength);
}

/** Makes a key for `keyedHash` from what is secret anyway; the same address and secrets give the same key. */
export function deriveKey(url: URL, secrets: readonly (string | undefined)[]): Buffer {
  const hmac = createHmac('sha256', 'device-caretaker keyed hash');
  return hmac.update(JSON.stringify([url.href, ...secrets.map((secret) => secret ?? null)])).digest();
}

import { createHmac, hash } from 'node:crypto';

const hashLength = 16;
/** Of SHA-256, in bytes. */
const blockLength = 64;

/**
 * Makes a function that stands for a value by a keyed hash (HMAC-SHA256, base64url, first 16 characters): equal values
 * can be recognized, and nobody without the key can try values out. Node's own HMAC makes an object for each value, which
 * the garbage collector has to finish: of an audit that was a thirteenth.
 */
export function keyedHash(key: string | Buffer): (value: string) => string {
  const bytes = Buffer.from(key);
  const padded = Buffer.alloc(blockLength);
  (bytes.length > blockLength ? hash('sha256', bytes, 'buffer') : bytes).copy(padded);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = Buffer.from(padded.map((byte) => byte ^ 0x5c)).toString('latin1');
  return (value) => {
    // As a text: a buffer of its own is a third dearer.
    const within = hash('sha256', Buffer.concat([inner, Buffer.from(value, 'utf8')]), 'latin1');
    return hash('sha256', Buffer.from(outer + within, 'latin1'), 'base64url').slice(0, hashLength);
  };
}

/** Makes a key for `keyedHash` from what is secret anyway; the same address and secrets give the same key. */
export function deriveKey(url: URL, secrets: readonly (string | undefined)[]): Buffer {
  const hmac = createHmac('sha256', 'device-caretaker keyed hash');
  return hmac.update(JSON.stringify([url.href, ...secrets.map((secret) => secret ?? null)])).digest();
}

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveKey, keyedHash } from '../../src/security/keyed-hash.ts';

// The expected values were worked out without this program: whoever changes one of them makes every finding a new one.

it('the keyed hash of a value stays the same from one version of the program to the next', () => {
  expect(keyedHash('nøkkel')('apns:påske')).toBe('H2mwrLAd0EqQQqRD');
});

it('a keyed hash is an HMAC, however long its key and its value are', () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(key, fc.string({ unit: 'binary', maxLength: 300 }), (secret, value) => {
      const hmac = createHmac('sha256', secret).update(value, 'utf8').digest('base64url');
      expect(keyedHash(secret)(value)).toBe(hmac.slice(0, 16));
    }),
  );
});

it('the keyed hashes of different values and of different keys are different', () => {
  const hashes = [keyedHash('a')('x'), keyedHash('a')('y'), keyedHash('b')('x')];
  expect(new Set(hashes).size).toBe(3);
  for (const hash of hashes) expect(hash).toMatch(/^[\w-]{16}$/);
});

it('a derived key stays the same from one version of the program to the next', () => {
  const key = deriveKey(new URL('https://crm.example/api/'), ['pässword', undefined, 't']);
  expect(key.toString('hex')).toBe('e139007f37c13c25219f8624f2682e4a81c11b2a0cb609e344f066ef33c8d5e3');
});

it('a derived key depends on the address, on each secret and on which one is missing', () => {
  const url = new URL('https://crm.example/api/');
  const keys = [
    deriveKey(url, ['a', 'b']),
    deriveKey(new URL('https://other.example/api/'), ['a', 'b']),
    deriveKey(url, ['a', 'c']),
    deriveKey(url, ['b', 'a']),
    deriveKey(url, ['a', undefined]),
    deriveKey(url, [undefined, 'a']),
  ];
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(keys.length);
});

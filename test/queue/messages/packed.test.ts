import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { pack, packed, unpack } from '../../../src/queue/messages/packed.ts';

it('what was packed is what comes out again', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('fast', 'small'), (json, how) => {
      expect(unpack(pack(json, how))).toBe(json);
    }),
  );
});

it('the rows of a batch take less than half of the room', () => {
  const actions = Array.from({ length: 200 }, (_, row) => [
    [`user${row}`, 'AD', null],
    `Appl${randomBytes(5).toString('hex')}`,
    1_795_890_721_382 + row * 3_217,
    1_796_890_721_382 + row * 4_711,
  ]);
  const json = JSON.stringify(actions);
  expect(pack(json, 'fast').length).toBeLessThan(json.length / 2);
  expect(pack(json, 'small').length).toBeLessThan(pack(json, 'fast').length);
});

it.each([
  ['nothing', ''],
  ['a text', 'kari'],
  [
    'what was cut short',
    pack(JSON.stringify(Array.from({ length: 500 }, Math.random)), 'fast').slice(0, 200),
  ],
  [
    'what unpacks to more than any batch has',
    deflateRawSync(Buffer.alloc(300 * 1024 * 1024)).toString('base64'),
  ],
])('%s is nothing that was packed', (_, text) => {
  expect(unpack(text)).toBeUndefined();
});

it('a value that was packed is unpacked and checked', () => {
  const schema = packed(z.array(z.number()));
  expect(schema.parse(pack('[1,2]', 'fast'))).toEqual([1, 2]);
  expect(schema.safeParse(pack('["a"]', 'fast')).success).toBe(false);
  expect(schema.safeParse(pack('[1,', 'fast')).success).toBe(false);
  expect(schema.safeParse('[1,2]').success).toBe(false);
});

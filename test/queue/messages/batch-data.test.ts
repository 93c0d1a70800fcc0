import { expect, test } from 'vitest';
import { readBatch } from '../../../src/queue/messages/batch-data.ts';
import { pack } from '../../../src/queue/messages/packed.ts';

test.each([
  [
    'users',
    {
      users: [
        ['åsa', 'AD', 7],
        ['b', null, null],
      ],
    },
  ],
  ['actions', { actions: [[['a', null, null], 'device', 5, 9]] }],
])('a batch holds %s', (_, data) => {
  expect(readBatch({ packed: pack(JSON.stringify(data)) })).toEqual(data);
});

test.each([
  ['nothing', undefined],
  ['something else', { users: ['a'] }],
  ['both', { users: [], actions: [] }],
  ['an action without a subject', { actions: [[['a', null, null]]] }],
])('a batch with %s is refused', (_, data) => {
  expect(() => readBatch({ packed: pack(JSON.stringify(data ?? null)) })).toThrow(
    /^The payload of this batch cannot be used: [^\n]+$/,
  );
});

test.each([
  ['nothing', undefined],
  ['users that are not packed', { users: [['a', null, null]] }],
  ['what cannot be unpacked', { packed: 'kari' }],
])('a batch with %s is refused as well', (_, data) => {
  expect(() => readBatch(data)).toThrow(/^The payload of this batch cannot be used: [^\n]+$/);
});

import { expect, test } from 'vitest';
import { batchText, readBatch, receiveBatch, sendBatch } from '../../../src/queue/messages/batch-data.ts';

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
  expect(readBatch(JSON.stringify(data))).toEqual(data);
});

test.each([
  ['nothing', undefined],
  ['something else', { users: ['a'] }],
  ['both', { users: [], actions: [] }],
  ['an action without a subject', { actions: [[['a', null, null]]] }],
])('a batch with %s is refused', (_, data) => {
  expect(() => readBatch(JSON.stringify(data ?? null))).toThrow(
    /^The payload of this batch cannot be used: [^\n]+$/,
  );
});

test.each([
  ['nothing', undefined],
  ['users that are not packed', { users: [['a', null, null]] }],
  ['what cannot be unpacked', { packed: 'kari' }],
  ['more than what is packed', { ...sendBatch('{}'), more: 1 }],
])('a job on the queue with %s is no batch of ours', (_, data) => {
  expect(receiveBatch(data)).toBeUndefined();
});

test('a batch comes off the queue with the text with which it was sent', () => {
  const text = batchText({ users: [['åsa', 'AD', 7]] });
  expect(receiveBatch(JSON.parse(JSON.stringify(sendBatch(text))))).toBe(text);
});

test('a text that is no JSON is no batch', () => {
  expect(() => readBatch('{"users":')).toThrow(/^The payload of this batch cannot be used: [^\n]+$/);
});

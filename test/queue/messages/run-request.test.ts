import { expect, test } from 'vitest';
import { readRequest, runRequestSchema } from '../../../src/queue/messages/run-request.ts';

test.each([
  ['nothing at all', undefined, {}],
  ['an empty request', {}, {}],
  [
    'a whole one',
    { mode: 'enforce', users: ['åsa'], requestedBy: 'helpdesk', reason: 'ticket 7' },
    undefined,
  ],
  [
    'users with storage and associate',
    { users: [{ username: 'a&b#c', userStorageName: 'AD', associateId: 9 }, 'plain'] },
    undefined,
  ],
  ['where it came from', { origin: { trigger: 'command', worker: 'host-1' } }, undefined],
])('a request may be %s', (_, data, read) => {
  expect(readRequest(data)).toEqual(read ?? data);
});

test('the state of a run is not part of its request', () => {
  expect(readRequest({ mode: 'observe', state: { phase: 'apply' } })).toEqual({ mode: 'observe' });
});

test.each([
  ['a mode that does not exist', { mode: 'enforced' }, ['mode', 'observe', 'enforce']],
  ['a key that does not exist', { dryRun: true }, ['dryRun']],
  ['no users', { users: [] }, ['users']],
  ['an empty user name', { users: [''] }, ['users[0]']],
  ['a user without a name', { users: [{ associateId: 7 }] }, ['users[0]']],
  ['an unknown key of a user', { users: [{ username: 'a', storage: 'AD' }] }, ['users[0]', 'storage']],
  ['an associate that is no number', { users: [{ username: 'a', associateId: '7' }] }, ['associateId']],
  ['more users than a request may bring', { users: Array(10_001).fill('a') }, ['users']],
  ['no object', 'purge everything', ['object']],
  ['a list', [], ['object']],
  ['a trigger that does not exist', { origin: { trigger: 'moon' } }, ['origin.trigger']],
  ['two mistakes', { mode: 1, reason: 2 }, ['mode', 'reason']],
])('a request with %s is refused in one line that names it', (_, data, words) => {
  let message = '';
  try {
    readRequest(data);
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  expect(message).toMatch(/^The payload of this run cannot be used: /);
  expect(message).not.toMatch(/[\r\n]/);
  for (const word of words) expect(message).toContain(word);
});

test.each([
  ['ten thousand wrong users', { users: Array(10_000).fill('') }],
  ['a million users', { users: Array(1_000_000).fill('u') }],
  ['a key of a megabyte', { ['k'.repeat(1e6)]: 1 }],
  ['a hundred thousand keys', Object.fromEntries(Array.from({ length: 1e5 }, (_, key) => [`key ${key}`, 1]))],
  ['a reason of a megabyte', { reason: 'because '.repeat(1e5) }],
  ['who asked in a megabyte', { requestedBy: 'me '.repeat(1e5) }],
  ['a name of 257 characters', { users: ['u'.repeat(257)] }],
  ['arrays in arrays', JSON.parse(`{"users":[${'['.repeat(1e5)}${']'.repeat(1e5)}]}`)],
  ['a prototype', JSON.parse('{"__proto__":{"mode":"enforce"}}')],
  ['a prototype of a user', JSON.parse('{"users":[{"username":"a","__proto__":{"associateId":1}}]}')],
  ['a constructor', JSON.parse('{"constructor":{"prototype":{"mode":"enforce"}}}')],
])('a request with %s is refused in few words', (_, data) => {
  expect(() => readRequest(data)).toThrow(
    /^The payload of this run cannot be used: .{1,510} Send it as docs\/queue-contract.md describes it\.$/,
  );
  expect({}).not.toHaveProperty('mode');
});

test('a request that holds as much as it may is read', () => {
  const whole = {
    users: Array(10_000).fill('u'.repeat(256)),
    requestedBy: 'r'.repeat(200),
    reason: 'r'.repeat(500),
  };
  expect(readRequest(whole)).toEqual(whole);
});

test('the schema for producers of other languages allows what a request may hold and nothing else', () => {
  const schema = runRequestSchema() as Record<string, unknown>;
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { mode: { enum: ['observe', 'enforce'] }, users: { type: 'array', minItems: 1 } },
  });
  expect(Object.keys(schema.properties as object).sort()).toEqual(['mode', 'reason', 'requestedBy', 'users']);
  expect(schema.required ?? []).toEqual([]);
  expect(JSON.stringify(schema)).not.toContain('origin');
});

import { expect, test } from 'vitest';
import { isBatchOf } from '../../../src/queue/batch-worker/foreign-batch.ts';
import { sendBatch } from '../../../src/queue/messages/batch-data.ts';
import { batchId, fingerprintOf } from '../../../src/queue/messages/batch-id.ts';

const users = { users: [['kari', null, null] as const] };
const data = sendBatch(users);
const facts = { phase: 'apply', number: 0, users: 1, actions: 2, fingerprint: fingerprintOf(users) } as const;
const run = {
  id: 'purge-windows-1',
  name: 'purge-windows',
  data: { state: { seal: 'a'.repeat(32) } },
  progress: 0,
};
const id = batchId({ id: run.id, job: run.name, seal: 'a'.repeat(32) }, facts);

test.each([
  ['the phase that its run is in', { id, data }, 'apply', true],
  ['a run that is to stop, whatever its phase', { id, data }, undefined, true],
  ['a phase that is over', { id, data }, 'report', false],
  ['a phase that is to come', { id, data }, 'canary', false],
  ['another payload', { id, data: sendBatch({ users: [['ola', null, null]] }) }, 'apply', false],
  ['a payload that is not packed', { id, data: users }, 'apply', false],
  ['what cannot be unpacked', { id, data: { packed: 'kari' } }, 'apply', false],
  ['no id', { data }, 'apply', false],
  ['an id with another number', { id: id.replace('.apply.0.', '.apply.1.'), data }, 'apply', false],
])('a batch is done for its own run only: %s', (_, batch, phase, expected) => {
  expect(isBatchOf(run, phase, batch)).toBe(expected);
});

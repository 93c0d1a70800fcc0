import { expect, test } from 'vitest';
import { isBatchOf } from '../../../src/queue/batch-worker/foreign-batch.ts';
import { batchText } from '../../../src/queue/messages/batch-data.ts';
import { batchId, fingerprintOf } from '../../../src/queue/messages/batch-id.ts';

const users = { users: [['kari', null, null] as const] };
const text = batchText(users);
const facts = { phase: 'apply', number: 0, users: 1, actions: 2, fingerprint: fingerprintOf(text) } as const;
const run = {
  id: 'purge-windows-1',
  name: 'purge-windows',
  data: { state: { seal: 'a'.repeat(32) } },
  progress: 0,
};
const id = batchId({ id: run.id, job: run.name, seal: 'a'.repeat(32) }, facts);

test.each([
  ['the phase that its run is in', { id, text }, 'apply', true],
  ['a run that is to stop, whatever its phase', { id, text }, undefined, true],
  ['a phase that is over', { id, text }, 'report', false],
  ['a phase that is to come', { id, text }, 'canary', false],
  ['another payload', { id, text: batchText({ users: [['ola', null, null]] }) }, 'apply', false],
  ['no payload', { id, text: undefined }, 'apply', false],
  ['no id', { id: undefined, text }, 'apply', false],
  ['an id with another number', { id: id.replace('.apply.0.', '.apply.1.'), text }, 'apply', false],
])('a batch is done for its own run only: %s', (_, batch, phase, expected) => {
  expect(isBatchOf(run, phase, batch)).toBe(expected);
});

import { expect, it } from 'vitest';
import { appendHistory, type HistoryEntry } from '../../../src/queue/records/history.ts';
import { pastOf } from '../../../src/queue/views/user-past.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const kari = { username: 'kari', userStorageName: 'AD' };
const entry: HistoryEntry = {
  at: '2026-11-28T02:15:00.000Z',
  by: 'ola',
  what: 'remove-device',
  on: { user: 'kari', storage: 'AD', device: '7' },
  detail: null,
  outcome: 'done',
  problem: null,
  why: 'lost',
  from: { kind: 'command', host: 'desk' },
};

it('the past of a user has what people did by hand and for whom a run was asked for, the newest first, and of nobody else', async () => {
  const { context } = openQueueFixture(redis());
  const { queues } = context;
  const add = (changes: Partial<HistoryEntry>) =>
    appendHistory(queues, { count: 100, forMs: 1e12 }, { ...entry, ...changes });
  await add({});
  await add({ on: { user: 'kari', storage: 'Partners' } });
  await add({ on: { user: 'karin' } });
  const run = { run: 'purge-windows-1', job: 'purge-windows', user: 'ola, kari' };
  await add({ at: '2026-11-28T03:00:00.000Z', what: 'run', on: run, why: null, outcome: 'completed' });
  expect(await pastOf(queues, kari, 0)).toEqual([
    { at: '2026-11-28T03:00:00.000Z', what: 'run purge-windows by ola: completed', run: 'purge-windows-1' },
    { at: '2026-11-28T02:15:00.000Z', what: 'remove-device on device 7 by ola: done (lost)' },
  ]);
  expect(await pastOf(queues, { username: 'nobody' }, 0)).toEqual([]);
});

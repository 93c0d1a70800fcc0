import { expect, it } from 'vitest';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { findRunId, runTitle, shortRunId } from '../../../src/queue/views/find-run-id.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const ids = [
  'purge-windows-20261128T021500Z-48c92b',
  'audit-pocket-20261128T034500Z-48aaaa',
  'refresh-timed-devices-20261129T034500Z-000000',
] as const;

it('a run is found by a part of its id that no other has, and the newest as latest', async () => {
  const { context } = openQueueFixture(redis(), {});
  const { runs } = context.queues;
  expect(await findRunId(runs, 'latest')).toBeUndefined();
  for (const id of ids) await addRun(runs, id.split('-2')[0] ?? '', {}, { trigger: 'queue' }, id);
  const [purge, audit, refresh] = ids;
  await expect(
    Promise.all(['48c92b', '48c9', '20261128T0215', 'purge', purge].map((text) => findRunId(runs, text))),
  ).resolves.toEqual(Array(5).fill({ id: purge }));
  expect(await findRunId(runs, 'latest')).toEqual({ id: refresh });
  expect(await findRunId(runs, 'audit-pocket-2026')).toEqual({ id: audit });
  for (const text of ['48', '48c', '', 'windows', 'meta', '%2', '8c92b']) {
    const found = await findRunId(runs, text);
    expect(found === undefined || 'several' in found).toBe(true);
  }
  expect(await findRunId(runs, '')).toEqual({ several: expect.arrayContaining([...ids]) });
});

it('people name a run by the end of its id', () => {
  expect(ids.map(shortRunId)).toEqual(['48c92b', '48aaaa', '000000']);
  expect(shortRunId('17')).toBe('17');
  expect(ids.map(runTitle)).toEqual([
    'purge-windows 48c92b',
    'audit-pocket 48aaaa',
    'refresh-timed-devices 000000',
  ]);
  expect(runTitle('17')).toBe('17');
});

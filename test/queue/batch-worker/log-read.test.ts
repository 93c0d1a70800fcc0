import { expect, test } from 'vitest';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { startYesMan } from '../yes-man.ts';

const redis = useRedis();

test('a batch begins only when the log of those before it has been read', async () => {
  const { url, asked } = await startYesMan();
  const { another, work } = openQueueFixture(redis(), {
    users: [{ username: 'kari' }],
    environment: { POINTSHARP_URL: url },
  });
  const read = Promise.withResolvers<void>();
  let waiting = 0;
  const context = another({
    logRead: () => {
      waiting += 1;
      return read.promise;
    },
  });
  await work(context);
  const { runs } = context.queues;
  const { id = '' } = await runs.add('purge-windows', { mode: 'enforce' });
  await until(async () => waiting > 0);
  expect(asked).toEqual([]);
  read.resolve();
  await until(async () => (await runs.getJob(id))?.finishedOn);
  expect((await findReport(runs, id))?.actions).toMatchObject({ applied: 2 });
});

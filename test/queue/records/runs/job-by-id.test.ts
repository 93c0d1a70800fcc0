import { expect, it } from 'vitest';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { jobById } from '../../../../src/queue/records/runs/job-by-id.ts';
import { findReport } from '../../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();

it.each(['meta', 'events', 'completed', 'wait', 'id', 'de', '', 'not-there'])(
  'what BullMQ keeps beside its jobs is no job: %j',
  async (id) => {
    const { context } = openQueueFixture(redis());
    const { runs } = context.queues;
    const run = newRunId('purge-windows', context.now());
    await addRun(runs, 'purge-windows', {}, { trigger: 'command' }, run);
    expect(await jobById(runs, id)).toBeUndefined();
    expect(await findReport(runs, id)).toBeUndefined();
    expect((await jobById(runs, run))?.id).toBe(run);
  },
);

import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { openBatchWorker } from '../../../src/queue/batch-worker/batch-worker.ts';
import { openInterruptions } from '../../../src/queue/batch-worker/interruptions.ts';
import { createWaitNotes } from '../../../src/queue/left-to-others/wait-notes.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openRunWorker } from '../../../src/queue/run-worker/run-worker.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

test('a worker whose clock is off by an hour leaves the batches of a run to others, and says so once', async () => {
  const { context, another, lines } = openQueueFixture(redis(), { users: [{ username: 'user1' }] });
  const waitNotes = createWaitNotes(context.log);
  const ahead = another({ now: () => DateTime.now().plus({ hours: 1 }) });
  const losses = { follow: () => {}, forget: () => {} };
  const interruptions = openInterruptions(ahead.queues, ahead.log);
  const workers = [
    openRunWorker(context, { interruptions, waitNotes, losses }),
    await openBatchWorker(ahead, 'pointsharp', { interruptions, waitNotes, losses }),
  ];
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    await interruptions.close();
  });
  const job = 'refresh-timed-devices';
  const id = newRunId(job, context.now());
  await addRun(context.queues.runs, job, {}, { trigger: 'command' }, id);
  const told = () => lines().filter(({ msg }) => msg === 'left to a process with the right clock');
  await until(async () => told().length > 0);
  // Delayed by that clock, it would stay out of the sight of the others for an hour.
  const [batch] = await until(async () => {
    const waiting = await context.queues.vendors.pointsharp.getJobs(['waiting', 'prioritized']);
    return waiting.length > 0 && waiting;
  });
  expect(batch?.attemptsMade).toBe(0);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatchObject({ run: id, job });
});

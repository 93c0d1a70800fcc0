import { type Job, UnrecoverableError } from 'bullmq';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { sumBatches } from '../../../src/queue/batch-worker/batch-results.ts';
import { fanOut, type NewBatch } from '../../../src/queue/batch-worker/fan-out.ts';
import { batchText, readBatch, receiveBatch } from '../../../src/queue/messages/batch-data.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { newProgress } from '../../../src/runs/batch.ts';
import { planResult } from '../../../src/runs/plan-batch.ts';
import { openQueueFixture, useRedis, workOff } from '../queue-fixture.ts';

const redis = useRedis();

async function* batches(count: number): AsyncGenerator<NewBatch> {
  for (let number = 0; number < count; number += 1)
    yield { text: batchText({ users: [[`user ${number}`, null, null]] }), users: 1, actions: 0 };
}

it.each([
  ['ends', false],
  ['is lost', true],
])(
  'no batch is done or counted twice that %s while a worker looks which of them are there',
  async (_, isLost) => {
    const { context } = openQueueFixture(redis());
    const { runs, vendors } = context.queues;
    const id = newRunId('refresh-timed-devices', DateTime.utc());
    await addRun(runs, 'refresh-timed-devices', {}, { trigger: 'queue' }, id);
    const run = await runs.getJob(id);
    if (!run) throw new Error('the run was not added');
    run.data = { state: { seal: 'secret' } };
    const rest = { token: undefined, signal: undefined, urgency: 1, phase: 'apply' } as const;
    const fan = (one: Job) =>
      fanOut({ context, queue: vendors.pointsharp, run: one, batches: batches(5), ...rest });
    const done: string[] = [];
    let first = isLost;
    const work = () =>
      workOff(context, (job) => {
        const data = readBatch(receiveBatch(job.data) ?? '');
        if ('users' in data) done.push(...data.users.map(([name]) => name));
        if (first) {
          first = false;
          throw new UnrecoverableError('stalled too often');
        }
        const progress = newProgress(1);
        progress.ledger.pending.clear();
        return planResult(progress);
      });
    // The worker that added them died; the next one goes on with the run while they are worked on.
    await fan(run);
    const look = run.getDependencies.bind(run);
    let looks = 0;
    run.getDependencies = (async (which: Parameters<typeof look>[0]) => {
      const page = await look(which);
      looks += 1;
      if (looks === 1) await work();
      return page;
    }) as typeof run.getDependencies;
    await fan(run);
    await work();
    expect((await sumBatches(run)).inBatches.apply.users).toBe(5);
    expect(done.sort()).toEqual([...new Set(done)]);
  },
);

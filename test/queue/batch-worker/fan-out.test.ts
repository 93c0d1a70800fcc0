import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { finishedBatches, knownBatches, sumBatches } from '../../../src/queue/batch-worker/batch-results.ts';
import { fanOut, type NewBatch } from '../../../src/queue/batch-worker/fan-out.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { batchText, readBatch, receiveBatch } from '../../../src/queue/messages/batch-data.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopRun } from '../../../src/queue/stop-run.ts';
import { RosterChanged } from '../../../src/roster/errors.ts';
import { newProgress } from '../../../src/runs/batch.ts';
import { planResult } from '../../../src/runs/plan-batch.ts';
import { openQueueFixture, useRedis, workOff } from '../queue-fixture.ts';

const redis = useRedis();
const notStopped = { token: undefined, signal: undefined };
const urgency = 1;

async function openRun(): Promise<{ context: WorkerContext; run: Job }> {
  const { context } = openQueueFixture(redis());
  const id = newRunId('refresh-timed-devices', DateTime.utc());
  await addRun(context.queues.runs, 'refresh-timed-devices', {}, { trigger: 'queue' }, id);
  const run = await context.queues.runs.getJob(id);
  if (!run) throw new Error('the run was not added');
  run.data = { state: { seal: 'secret' } };
  return { context, run };
}

/** Batches of two users; `crashAt`: where the worker dies. */
async function* batches(count: number, { crashAt = count, changed = -1 } = {}): AsyncGenerator<NewBatch> {
  for (let number = 0; number < count; number += 1) {
    if (number === crashAt) throw new Error('killed');
    const name = number === changed ? 'somebody else' : `user ${number}`;
    yield {
      text: batchText({
        users: [
          [name, null, null],
          [`${name} b`, 'AD', 7],
        ],
      }),
      users: 2,
      actions: 0,
    };
  }
}

function fan(
  { context, run }: { context: WorkerContext; run: Job },
  source: AsyncIterable<NewBatch>,
  phase: 'plan' | 'apply' = 'plan',
) {
  const queue = context.queues.vendors.pointsharp;
  return fanOut({ context, queue, run, phase, urgency, batches: source, ...notStopped });
}

function usersOf(sent: unknown): string[] {
  const data = readBatch(receiveBatch(sent) ?? '');
  return 'users' in data ? data.users.map(([name]) => name) : [];
}

function inspected(users: number) {
  const progress = newProgress(users);
  progress.ledger.pending.clear();
  progress.tally.users.inspected = users;
  progress.tally.requests = users;
  return planResult(progress);
}

describe('adding the batches of a run', () => {
  it('the batches of a run are put on the queue of the vendor as children of the run, in order', async () => {
    const open = await openRun();
    expect(await fan(open, batches(120))).toBe(true);
    const numbers = (await knownBatches(open.run))
      .map(({ number }) => number)
      .sort((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, number) => number));
    const queued = await open.context.queues.vendors.pointsharp.getPrioritized(0, -1);
    expect(queued.map(({ data }) => usersOf(data)[0])).toEqual(numbers.map((number) => `user ${number}`));
  });

  it('adding batches goes on after a crash with the same batches, and adds none twice, also of those that are done', async () => {
    const open = await openRun();
    await expect(fan(open, batches(130, { crashAt: 105 }))).rejects.toThrow('killed');
    expect(await knownBatches(open.run)).toHaveLength(100);
    const done: string[] = [];
    let left = 40;
    // Some are worked off before the next worker goes on; one of them is lost.
    await workOff(open.context, (job) => {
      done.push(...usersOf(job.data));
      left -= 1;
      if (left === 0) throw new UnrecoverableError('stalled too often');
      return inspected(2);
    });
    expect(await fan(open, batches(130))).toBe(true);
    await workOff(open.context, (job) => {
      done.push(...usersOf(job.data));
      return inspected(2);
    });
    expect(done).toHaveLength(260);
    expect(new Set(done).size).toBe(260);
    expect(await knownBatches(open.run)).toHaveLength(130);
  });

  it('adding batches refuses a roster that is another one after the crash', async () => {
    const open = await openRun();
    await expect(fan(open, batches(60, { crashAt: 55 }))).rejects.toThrow('killed');
    await expect(fan(open, batches(60, { changed: 7 }))).rejects.toBeInstanceOf(RosterChanged);
  });

  it('the batches of the phases of a run are kept apart', async () => {
    const open = await openRun();
    await fan(open, batches(3));
    await fan(open, batches(2), 'apply');
    const found = await knownBatches(open.run);
    expect(found.filter(({ phase }) => phase === 'plan')).toHaveLength(3);
    expect(found.filter(({ phase }) => phase === 'apply')).toHaveLength(2);
  });

  it('no more batches are added to a run that is to stop, but its users are read to the end', async () => {
    const open = await openRun();
    let read = 0;
    async function* counted() {
      for await (const batch of batches(200)) {
        read += 1;
        if (read === 60) await stopRun(open.context.queues.runs, open.run.id ?? '', 'wrong password');
        yield batch;
      }
    }
    expect(await fan(open, counted())).toBe(false);
    expect(read).toBe(200);
    expect(await knownBatches(open.run)).toHaveLength(50);
  });

  it.each([
    [0, 0],
    [3, 1],
  ])(
    'adding batches hands the run back when its worker shuts down; there are %i already',
    async (there, made) => {
      const { context, run } = await openRun();
      await fan({ context, run }, batches(there));
      const queue = context.queues.vendors.pointsharp;
      const moved: unknown[] = [];
      const active = Object.assign(Object.create(run) as Job, {
        moveToWait: async (token: string) => moved.push(token),
      });
      const handOver = { token: 'mine', signal: AbortSignal.abort() };
      let read = 0;
      async function* counted() {
        for await (const batch of batches(3)) {
          read += 1;
          yield batch;
        }
      }
      await expect(
        fanOut({ context, queue, run: active, phase: 'plan', urgency, batches: counted(), ...handOver }),
      ).rejects.toBeInstanceOf(WaitingError);
      expect(moved).toEqual(['mine']);
      expect(await knownBatches(run)).toHaveLength(there);
      // What is there already is not read to its end first.
      expect(read).toBe(there === 0 ? 3 : made);
    },
  );
});

describe('adding up the batches of a run', () => {
  it('the sum of a run counts each of its batches once, over several pages', async () => {
    const open = await openRun();
    await fan(open, batches(120));
    await workOff(open.context, () => inspected(2));
    const sums = await sumBatches(open.run);
    expect(sums).toMatchObject({
      tally: { users: { inspected: 240, failed: 0, notReached: 0, notAsked: 0 }, requests: 240 },
      inBatches: { plan: { users: 240, actions: 0 }, apply: { users: 0, actions: 0 } },
      stopReasons: [],
    });
    let pages = 0;
    for await (const _ of finishedBatches(open.run)) pages += 1;
    expect(pages).toBe(120);
  });

  it('the sum of a run counts lost batches as not reached, and says why', async () => {
    const open = await openRun();
    await fan(open, batches(4));
    let number = 0;
    await workOff(open.context, () => {
      number += 1;
      if (number === 2) throw new UnrecoverableError('stalled too often');
      return number === 3 ? { ...inspected(2), stopped: 'no connection' } : inspected(2);
    });
    const { tally, inBatches, stopReasons } = await sumBatches(open.run);
    expect(tally.users).toEqual({ inspected: 6, failed: 0, notReached: 2, notAsked: 0 });
    expect(inBatches.plan.users).toBe(8);
    expect([...stopReasons].sort()).toEqual(['a batch failed: stalled too often', 'no connection']);
  });

  it('counts one whose result cannot be read as not reached, and says so', async () => {
    const open = await openRun();
    await fan(open, batches(3));
    let number = 0;
    await workOff(open.context, () => {
      number += 1;
      const result = inspected(2);
      return number === 2 ? { ...result, tally: { ...result.tally, late: 0.5 } } : result;
    });
    const { tally, inBatches, stopReasons } = await sumBatches(open.run);
    expect(tally.users).toEqual({ inspected: 4, failed: 0, notReached: 2, notAsked: 0 });
    expect(inBatches.plan.users).toBe(6);
    expect(stopReasons).toEqual([
      expect.stringMatching(/^The result of a batch in Redis cannot be read: .*tally\.late/),
    ]);
  });

  it('counts none that is still on its way', async () => {
    const open = await openRun();
    await fan(open, batches(3));
    expect(await sumBatches(open.run)).toMatchObject({ inBatches: { plan: { users: 0 } }, stopReasons: [] });
  });
});

import { expect, it } from 'vitest';
import { findJob } from '../../../src/jobs/index.ts';
import { fanOut } from '../../../src/queue/batch-worker/fan-out.ts';
import { batchText } from '../../../src/queue/messages/batch-data.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { beginRun, type RunState } from '../../../src/queue/messages/run-state.ts';
import { noteTakeover, WorkersLost } from '../../../src/queue/records/lost-workers.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { saveState } from '../../../src/queue/records/runs/save-state.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const job = 'refresh-timed-devices';

async function openRun() {
  const { context } = openQueueFixture(redis());
  const { queues, config, now } = context;
  const id = newRunId(job, now());
  await addRun(queues.runs, job, { mode: 'enforce' }, { trigger: 'command' }, id);
  const [maintenance, settings] = [findJob(job), config.jobs[job]];
  if (!maintenance || !settings) throw new Error('the job is not there');
  const state = beginRun(maintenance, settings, 'enforce', now());

  /** A worker takes the run up after so many lost their lock, as BullMQ counts them. */
  async function taken(stalls: number, changes: Partial<RunState> = {}) {
    await queues.redis.hset(queues.runs.toKey(id), 'stc', stalls);
    const run = await queues.runs.getJob(id);
    if (!run) throw new Error('the run is not there');
    return noteTakeover(queues, run, { ...state, ...changes });
  }

  async function addBatch(): Promise<void> {
    const run = await findRun(queues.runs, id);
    if (!run) throw new Error('the run is not there');
    await saveState(queues, run, state);
    async function* batches() {
      yield { text: batchText({ users: [['kari', null, null]] }), users: 1, actions: 0 };
    }
    const rest = { urgency: 2, token: undefined, signal: undefined };
    await fanOut({
      context,
      queue: queues.vendors.pointsharp,
      run,
      phase: 'plan',
      batches: batches(),
      ...rest,
    });
  }
  return { taken, addBatch, keys: () => queues.redis.keys(`${queues.prefix}:lost-workers:*`) };
}

it('a run is given up when a second worker in a row was lost at the same place, and says what to raise', async () => {
  const { taken } = await openRun();
  expect(await taken(1)).toBeUndefined();
  const lost = await taken(2);
  expect(lost).toBeInstanceOf(WorkersLost);
  expect(lost?.problem).toContain(
    '2 workers were lost at the same place of this run (plan), one after the other',
  );
  expect(lost?.advice).toContain('--max-old-space-size in NODE_OPTIONS');
  // Whoever takes it up again, because it was put back, finds the same.
  expect(await taken(2)).toBeInstanceOf(WorkersLost);
});

it('a run that comes back without a lost worker is not counted again', async () => {
  const { taken } = await openRun();
  expect([await taken(1), await taken(1), await taken(1)]).toEqual([undefined, undefined, undefined]);
});

it('a run of which no worker was lost leaves nothing in Redis', async () => {
  const { taken, keys } = await openRun();
  expect(await taken(0)).toBeUndefined();
  expect(await keys()).toEqual([]);
});

it.each<[what: string, changes: Partial<RunState>]>([
  ['to another phase', { phase: 'gate' }],
  ['to the end of adding batches', { fannedOut: true }],
])('a run that came on %s between two lost workers goes on', async (_, changes) => {
  const { taken } = await openRun();
  expect(await taken(1)).toBeUndefined();
  expect(await taken(2, changes)).toBeUndefined();
  expect(await taken(3)).toBeUndefined();
});

it('a run that added a batch between two lost workers goes on', async () => {
  const { taken, addBatch } = await openRun();
  expect(await taken(1)).toBeUndefined();
  await addBatch();
  expect(await taken(2)).toBeUndefined();
  expect(await taken(3)).toBeInstanceOf(WorkersLost);
});

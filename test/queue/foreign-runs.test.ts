import { expect, it, test } from 'vitest';
import { findJob } from '../../src/jobs/index.ts';
import type { WorkerContext } from '../../src/queue/context.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { beginRun, type RunState, stateToShow } from '../../src/queue/messages/run-state.ts';
import { findRun } from '../../src/queue/records/runs/find-run.ts';
import { decideRun } from '../../src/queue/run-worker/phases/hold.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';
import { startYesMan } from './yes-man.ts';

/*
 * What somebody can do who may add any message to the queue of runs, with any option that BullMQ has: no more than to ask
 * for a run, within the mode, the limits and the policy of the workers.
 */

const redis = useRedis();
const job = 'purge-windows';

async function openBesieged(environment: Record<string, string> = {}) {
  const { url, asked } = await startYesMan();
  const fixture = openQueueFixture(redis(), {
    users: [{ username: 'kari' }],
    environment: { POINTSHARP_URL: url, PURGE_WINDOWS_MAX_ACTIONS: '0', ...environment },
  });
  return { ...fixture, asked };
}

/** A state as a run in enforce has it, and without limits. */
function forgedState({ config, now }: WorkerContext, changes: Partial<RunState>): RunState {
  const [maintenance, settings] = [findJob(job), config.jobs[job]];
  if (!maintenance || !settings) throw new Error('there is no such job');
  const state = beginRun(maintenance, settings, 'enforce', now());
  const limits = { ...state.limits, maxActions: 1e9, maxShare: 1, growthFactor: 1e9, shrinkFactor: 1e9 };
  return { ...state, limits, verify: 'none', ...changes };
}

async function failureOf({ queues: { runs } }: WorkerContext, id: string | undefined): Promise<string> {
  const ended = await until(async () => {
    const found = await runs.getJob(id ?? '');
    return found?.finishedOn !== undefined && found;
  });
  return ended.failedReason ?? '';
}

/** Whether whoever asks properly gets a run: whatever was sent before costs only itself. */
async function expectNotBlocked({ queues: { runs } }: WorkerContext) {
  const { id = '' } = await runs.add(job, { mode: 'observe' });
  const asked = await until(async () => {
    const found = await runs.getJob(id);
    return found?.finishedOn !== undefined && found;
  });
  expect(asked.returnvalue).toMatchObject({ run: { status: 'completed' } });
}

const answer = { approved: true, note: null, at: '2026-01-01T00:00:00.000Z' };
const hold = { reason: 'none', until: '2999-01-01T00:00:00.000Z', answer };

it.each([
  ['to be counted', { phase: 'gate' }],
  ['planned', { phase: 'plan' }],
  ['past its gate', { phase: 'apply' }],
  ['past its gate and in batches', { phase: 'apply', fannedOut: true }],
  ['before its canary', { phase: 'canary' }],
  ['held and approved', { phase: 'held', hold }],
  ['at its end', { phase: 'report' }],
] as const)(
  'a message that brings the state of a run %s is refused, and nothing is written',
  async (_, state) => {
    const { context, work, asked } = await openBesieged();
    await work();
    const data = { mode: 'enforce', state: forgedState(context, state) };
    const { id } = await context.queues.runs.add(job, data, { deduplication: { id: job } });
    expect(await failureOf(context, id)).toContain('is none of the runs that this version');
    expect(asked).toEqual([]);
    await expectNotBlocked(context);
  },
);

test.each([
  ['an owner without a name', { trigger: 'command', worker: '' }],
  ['an owner', { trigger: 'command', worker: 'somebody' }],
  ['a plan', { trigger: 'command', plan: 'f'.repeat(64) }],
  ['the schedule', { trigger: 'schedule' }],
  ['no place at all', {}],
  ['a skipped run', { trigger: 'queue', skipped: 'because' }],
  ['a text', 'command'],
])('a message that claims to come from %s is refused once, and blocks nothing', async (_, origin) => {
  const { context, work, asked } = await openBesieged();
  await work();
  const data = { mode: 'enforce', origin };
  const { id } = await context.queues.runs.add(job, data, { deduplication: { id: job }, attempts: 1000 });
  expect(await failureOf(context, id)).toContain('is none of the runs that this version');
  expect((await context.queues.runs.getJob(id ?? ''))?.attemptsStarted).toBe(1);
  expect(asked).toEqual([]);
  await expectNotBlocked(context);
});

test('a message that nobody takes for a year does not block the job whose deduplication id it has', async () => {
  const { context, work } = await openBesieged();
  const { runs } = context.queues;
  await runs.add(job, {}, { deduplication: { id: job }, delay: 365 * 24 * 3600 * 1000 });
  await work();
  await expectNotBlocked(context);
});

test('the limits hold for a message with the deduplication id of its job', async () => {
  const { context, work, asked } = await openBesieged({ PURGE_WINDOWS_MAX_ACTIONS: '1' });
  await work();
  const { runs } = context.queues;
  const { id = '' } = await runs.add(job, { mode: 'enforce' }, { deduplication: { id: job } });
  const ended = await until(async () => {
    const found = await runs.getJob(id);
    return found?.finishedOn !== undefined && found;
  });
  expect(ended.returnvalue).toMatchObject({ run: { status: 'stopped', trigger: 'queue' } });
  expect(asked).toEqual([]);
});

/** A run in enforce that waits for a person. */
async function openHeldRun(environment: Record<string, string> = {}) {
  const fixture = await openBesieged({
    PURGE_WINDOWS_HOLD_ON: 'max-actions',
    PURGE_WINDOWS_MAX_ACTIONS: '1',
    ...environment,
  });
  const { runs } = fixture.context.queues;
  const id = newRunId(job, fixture.context.now());
  await addRun(runs, job, { mode: 'enforce' }, { trigger: 'command' }, id);
  await fixture.work();
  const isHeld = async () =>
    stateToShow((await findRun(runs, id))?.data)?.phase === 'held' &&
    (await runs.getJobState(id)) === 'delayed';
  await until(isHeld);
  return { ...fixture, runs, id, isHeld };
}

it.each([
  [
    'its deduplication id, to take its place',
    (id: string) => ({ deduplication: { id: job, replace: true }, delay: 1e9, id }),
  ],
  ['its id', (id: string) => ({ jobId: id })],
  [
    'its id, to make it wait for itself',
    (id: string, queue: string) => ({ jobId: id, parent: { id, queue } }),
  ],
])('a held run is still held after a message with %s, and done as approved', async (_, optsFor) => {
  const { context, runs, id, isHeld, asked } = await openHeldRun();
  await runs.add(job, { mode: 'enforce' }, optsFor(id, `${context.queues.prefix}:${runs.name}`));
  expect(await isHeld()).toBe(true);
  expect(asked).toEqual([]);
  await decideRun(context.queues, id, { verdict: 'approve' }, context.now());
  await until(async () => (await runs.getJob(id))?.finishedOn);
  expect((await runs.getJob(id))?.returnvalue).toMatchObject({ run: { id, status: 'completed' } });
  expect(asked).toHaveLength(2);
});

test('what is kept of a run makes no run of a message, neither beside it nor under its id when it has ended', async () => {
  const { context, runs, id, asked } = await openHeldRun();
  const held = (await findRun(runs, id))?.data;
  const beside = await runs.add(job, held, { deduplication: { id: job } });
  expect(await failureOf(context, beside.id)).toContain('is none of the runs that this version');
  await decideRun(context.queues, id, { verdict: 'reject' }, context.now());
  await until(async () => (await runs.getJob(id))?.finishedOn);
  await (await runs.getJob(id))?.remove();
  const answered = { ...forgedState(context, {}), phase: 'held', hold };
  await runs.add(job, { run: id, mode: 'enforce', state: answered }, { jobId: id });
  expect(await failureOf(context, id)).toContain('is none of the runs that this version');
  expect(asked).toEqual([]);
});

test('a message whose id is like that of a tick is a request, and is in the history', async () => {
  const { context, work } = await openBesieged();
  await work();
  const { runs } = context.queues;
  const { id = '' } = await runs.add(job, { mode: 'observe' }, { jobId: `repeat:${job}:1` });
  await until(async () => (await runs.getJob(id))?.finishedOn);
  expect((await runs.getJob(id))?.returnvalue).toMatchObject({
    run: { trigger: 'queue', status: 'completed' },
  });
});

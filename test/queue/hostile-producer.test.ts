import { expect, it } from 'vitest';
import { findJob } from '../../src/jobs/index.ts';
import type { WorkerContext } from '../../src/queue/context.ts';
import { batchId, fingerprintOf } from '../../src/queue/messages/batch-id.ts';
import { pack } from '../../src/queue/messages/packed.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { beginRun } from '../../src/queue/messages/run-state.ts';
import { findRun } from '../../src/queue/records/runs/find-run.ts';
import { startedBy } from '../../src/queue/records/runs/run-of-request.ts';
import { saveState } from '../../src/queue/records/runs/save-state.ts';
import { findReport, recentRuns } from '../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import type { Report } from '../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';
import { startYesMan } from './yes-man.ts';

/*
 * What somebody can do who reaches Redis: first by the queue as its contract has it, then by writing whatever he likes.
 * SECURITY.md says the same in words.
 */

const redis = useRedis();

async function openBesieged(environment: Record<string, string> = {}) {
  const { url, asked } = await startYesMan();
  const fixture = openQueueFixture(redis(), {
    users: [{ username: 'roster user' }],
    environment: { POINTSHARP_URL: url, ...environment },
  });
  return { ...fixture, asked };
}

async function reportOf({ queues: { runs } }: WorkerContext, id: string): Promise<Report> {
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('there is no report');
  return report;
}

it('by the contract: a request may enforce where the workers may write, over users of its choice', async () => {
  const { context, work, asked } = await openBesieged();
  await work();
  const job = await context.queues.runs.add('purge-windows', {
    mode: 'enforce',
    users: ['not in the roster'],
  });
  expect(await reportOf(context, job.id ?? '')).toMatchObject({
    run: { mode: 'enforce', status: 'completed', trigger: 'queue' },
    actions: { applied: 2 },
  });
  expect(asked.sort()).toEqual([
    'DELETE /api/Device/Windows/Expired?Username=not%20in%20the%20roster',
    'DELETE /api/Device/Windows/Waiting?Username=not%20in%20the%20roster',
  ]);
});

it('by the contract: where every worker observes, a request in enforce is refused at once, and nothing is written', async () => {
  const { context, another, work, asked } = await openBesieged();
  await work(another({ ceiling: { mode: 'observe' } }));
  const { runs } = context.queues;
  const { id = '' } = await runs.add('purge-windows', { mode: 'enforce', users: ['kari'] });
  const answered = await until(async () => {
    const job = await runs.getJob(id);
    return job && (job.finishedOn !== undefined || startedBy(job) !== undefined) && job;
  });
  expect(answered).toMatchObject({
    failedReason: expect.stringContaining('every worker here only observes'),
  });
  expect(asked).toEqual([]);
});

it('by the contract: the limits hold for a request that asks as it should', async () => {
  const { context, work, asked, lines } = await openBesieged({ PURGE_WINDOWS_MAX_ACTIONS: '3' });
  await work();
  await context.queues.runs.add('purge-windows', { mode: 'enforce', users: ['a', 'b'] });
  const finished = await until(async () => lines().find(({ msg }) => msg === 'run finished'));
  expect(finished.report).toMatchObject({
    run: { status: 'stopped', reason: expect.stringContaining('MAX_ACTIONS') },
    actions: { planned: 4, applied: 0 },
  });
  expect(asked).toEqual([]);
});

it.each([
  ['megabytes of wrong users', { users: Array(10_000).fill({ username: '' }) }],
  ['megabytes of unknown keys', { ['k'.repeat(2_000_000)]: true }],
])('by the contract: %s come to a short complaint, in Redis and in the log', async (_, data) => {
  const { context, work, lines } = await openBesieged();
  await work();
  const { id = '' } = await context.queues.runs.add('purge-windows', data as never);
  const failed = await until(async () => {
    const job = await context.queues.runs.getJob(id);
    return job?.finishedOn !== undefined && job;
  });
  expect(failed.failedReason).toMatch(
    /^The payload of this run cannot be used: .{1,510} Send it as docs\/queue-contract.md describes it\.$/,
  );
  for (const line of lines()) expect(JSON.stringify(line).length).toBeLessThan(2_000);
});

it('by the contract: a payload null is an empty one, and asks for a plain run', async () => {
  const { context, work } = await openBesieged();
  await work();
  const { id = '' } = await context.queues.runs.add('purge-windows', null as never);
  expect(await reportOf(context, id)).toMatchObject({
    run: { job: 'purge-windows', mode: 'observe', status: 'completed', trigger: 'queue' },
    users: { selected: 1 },
  });
});

it.each([
  ['a job with a name of a megabyte', 'n'.repeat(1_000_000), {}],
  ['a request with an id of a megabyte', 'purge-windows', { jobId: 'i'.repeat(1_000_000) }],
  ['a scheduled name of a megabyte', 'n'.repeat(1_000_000), { deduplication: { id: 'n'.repeat(1_000_000) } }],
])('by the contract: %s makes no long line, neither in the log nor in a report', async (_, name, opts) => {
  const { context, work, lines } = await openBesieged();
  await work();
  const { id = '' } = await context.queues.runs.add(name, {}, opts);
  await until(async () => (await context.queues.runs.getJob(id))?.finishedOn);
  const reports = await recentRuns(context.queues.runs, 10);
  expect(reports.length).toBeGreaterThan(0);
  for (const one of [...lines(), ...reports]) expect(JSON.stringify(one).length).toBeLessThan(20_000);
});

/** Writes into Redis what only workers write: a run past its gate, and whatever batches. */
async function forge(context: WorkerContext, name: string, batches: readonly object[]): Promise<string> {
  const { runs, vendors } = context.queues;
  const [maintenance, settings] = [findJob(name), context.config.jobs[name]];
  if (!maintenance || !settings) throw new Error('there is no such job');
  await vendors.pointsharp.pause();
  const id = newRunId(name, context.now());
  await addRun(runs, name, { mode: 'enforce' }, { trigger: 'queue' }, id);
  const run = await findRun(runs, id);
  const state = beginRun(maintenance, settings, 'enforce', context.now());
  if (!run) throw new Error('the run was not added');
  await saveState(context.queues, run, { ...state, phase: 'apply', fannedOut: true, selected: 1 });
  const parent = { id, queue: run.queueQualifiedName };
  for (const [number, data] of batches.entries()) {
    const text = JSON.stringify(data);
    const facts = { phase: 'apply', number, users: 0, actions: 1, fingerprint: fingerprintOf(text) } as const;
    const jobId = batchId({ id, job: name, seal: state.seal }, facts);
    const opts = {
      jobId,
      parent,
      ignoreDependencyOnFailure: true,
      removeOnComplete: true,
      removeOnFail: true,
    };
    await vendors.pointsharp.add(name, { packed: pack(text, 'fast') }, opts);
  }
  await vendors.pointsharp.resume();
  return id;
}

const kari = ['kari', null, null];
const anywhere = ['../Device?Id=&Username=ola#', '../..', null];

it('by writing into Redis: past the gate, but to no more than the writes that the jobs know', async () => {
  const { context, work, asked } = await openBesieged();
  const forged = [
    { actions: [[kari, 'd1', null, 1]] },
    { actions: [[anywhere, 'd1&Id=d2', null, 1]] },
    { actions: [[kari, '', null, 1]] },
    {
      actions: [[kari, 'd1', null, 1, null, 0, { operation: 'DELETE Device', method: 'DELETE', state: 4 }]],
    },
    { users: [kari], operation: 'DELETE Device' },
    { removeAllDevices: kari },
  ];
  const id = await forge(context, 'refresh-timed-devices', forged);
  const other = await forge(context, 'purge-windows', [
    { actions: [[kari, 'everything', null, null]] },
    { users: [anywhere] },
  ]);
  await work();
  await Promise.all([reportOf(context, id), reportOf(context, other)]);
  const operations = new Set(asked.map((one) => one.replace(/\?.*/, '')));
  expect([...operations].sort()).toEqual([
    'DELETE /api/Device/Windows/Expired',
    'DELETE /api/Device/Windows/Waiting',
    'PUT /api/Device/UpdateTime',
  ]);
  // A name is a name, whatever is in it.
  const names = asked.flatMap((one) =>
    new URL(one.slice(one.indexOf('/')), 'http://x').searchParams.getAll('Username'),
  );
  expect(new Set(names)).toEqual(new Set(['kari', anywhere[0]]));
});

import { Readable } from 'node:stream';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { User } from '../../../src/domain/user.ts';
import { findJob } from '../../../src/jobs/index.ts';
import { openBatchWorker } from '../../../src/queue/batch-worker/batch-worker.ts';
import { fanOut } from '../../../src/queue/batch-worker/fan-out.ts';
import { openInterruptions } from '../../../src/queue/batch-worker/interruptions.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { createWaitNotes } from '../../../src/queue/left-to-others/wait-notes.ts';
import { batchText } from '../../../src/queue/messages/batch-data.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import type { Origin } from '../../../src/queue/messages/run-request.ts';
import { beginRun } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { saveState } from '../../../src/queue/records/runs/save-state.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopReason } from '../../../src/queue/stop-run.ts';
import type { RosterRow } from '../../../src/roster/roster.ts';
import { imbalances, type Report } from '../../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const users: User[] = Array.from({ length: 5 }, (_, index) => ({
  username: `user ${index}`,
  associateId: index + 1,
}));

/** What anybody has who knows BullMQ and nothing of us. */
function openProducer(context: WorkerContext) {
  const options = {
    connection: new Redis(redis().socketPath, { maxRetriesPerRequest: null }),
    prefix: context.config.prefix,
  };
  const queue = new Queue('caretaker-runs', options);
  const events = new QueueEvents('caretaker-runs', options);
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close()]);
    options.connection.disconnect();
  });
  return { queue, events };
}

async function failureOf(context: WorkerContext, name: string, data: unknown) {
  const { queue } = openProducer(context);
  const job = await queue.add(name, data, { attempts: 5, backoff: 10 });
  return until(async () => {
    const now = await queue.getJob(job.id ?? '');
    return now?.finishedOn !== undefined && now;
  });
}

describe('a request that cannot be used', () => {
  it.each([
    ['a wrong mode', 'purge-windows', { mode: 'yes' }, ['mode']],
    ['an unknown key', 'purge-windows', { dryRun: true }, ['dryRun']],
    ['no object', 'purge-windows', 'everything', ['object']],
    ['a job that does not exist', 'purge-window', {}, ['"purge-window"', 'purge-windows', 'audit-pocket']],
    ['a job that is switched off', 'audit-pocket', {}, ['audit-pocket', 'switched off']],
  ])(
    'a request that cannot be used fails at once, is not tried again, and says what is wrong: %s',
    async (_, name, data, words) => {
      const { context, work, lines } = openQueueFixture(redis(), {
        users,
        environment: { AUDIT_POCKET_ENABLED: 'false' },
      });
      await work();
      const job = await failureOf(context, name, data);
      expect(await job.getState()).toBe('failed');
      expect(job.attemptsMade).toBe(1);
      expect(job.failedReason).not.toMatch(/[\r\n]/);
      for (const word of words) expect(job.failedReason).toContain(word);
      expect(lines().filter(({ msg }) => msg === 'run started')).toEqual([]);
    },
  );
});

describe('a request of any producer', () => {
  it('a request of any producer gets the report of its run as return value', async () => {
    const { context, work } = openQueueFixture(redis(), { users });
    await work();
    const { queue, events } = openProducer(context);
    const job = await queue.add('purge-windows', { requestedBy: 'helpdesk', users: ['kari', 'ola'] });
    const report: Report = await job.waitUntilFinished(events);
    expect(report).toMatchObject({
      run: {
        id: expect.stringMatching(/^purge-windows-\d{8}T\d{6}Z-[0-9a-f]{6}$/),
        trigger: 'queue',
        requestedBy: 'helpdesk',
        mode: 'observe',
        status: 'completed',
      },
      users: { selected: 2, inspected: 2, failed: 0, notReached: 0, notAsked: 0 },
      actions: { planned: 4, notReached: 4 },
    });
    expect(imbalances(report)).toEqual([]);
  });

  it('a request is skipped while a run of its job is under way, and told which', async () => {
    const { context, work, another } = openQueueFixture(redis(), { users });
    const reading = Promise.withResolvers<readonly RosterRow[]>();
    const slow = another({ openRoster: rosterOf(reading.promise) });
    const id = newRunId('purge-windows', context.now());
    await addRun(context.queues.runs, 'purge-windows', {}, { trigger: 'command' }, id);
    await work(slow);
    await until(async () => (await findReport(context.queues.runs, id))?.run.startedAt);
    const { queue, events } = openProducer(context);
    const job = await queue.add('purge-windows', {});
    const report: Report = await job.waitUntilFinished(events);
    expect(report.run).toMatchObject({
      id: job.id,
      status: 'skipped',
      reason: `overlap: run ${id} is under way`,
    });
    reading.resolve([{ line: 2, user: { username: 'kari' } }]);
    expect((await reportAtEnd(context, id)).run.status).toBe('completed');
  });
});

describe('a run that a command brought', () => {
  it('a run that a command brought is left to that command while it lives', async () => {
    const { context, work, another } = openQueueFixture(redis());
    const { runs } = context.queues;
    const row = { line: 2, user: { username: 'only the command knows him' } };
    const owner = another({ openRoster: rosterOf([row]) });
    const id = newRunId('purge-windows', context.now());
    await work({ ...owner, onlyRun: 'not-yet' });
    await work();
    await addRun(runs, 'purge-windows', {}, { trigger: 'command', worker: owner.name }, id);
    await until(async () => ((await runs.getJob(id))?.attemptsStarted ?? 0) > 2);
    expect((await findReport(runs, id))?.run).toMatchObject({ status: 'running', startedAt: null });
    await work({ ...owner, onlyRun: id });
    expect(await reportAtEnd(context, id)).toMatchObject({
      run: { status: 'completed' },
      users: { selected: 1 },
      roster: { rows: 1 },
    });
  });

  it('a run that a command brought fails with a clear reason when that command is gone before it began', async () => {
    const { context, work } = openQueueFixture(redis(), { users });
    const id = newRunId('purge-windows', context.now());
    await addRun(context.queues.runs, 'purge-windows', {}, { trigger: 'command', worker: 'gone-1' }, id);
    await work();
    expect((await reportAtEnd(context, id)).run).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/command .* ended .* start it again/),
    });
  });

  it('a run that a command brought is stopped, and everybody accounted for, when that command died between two batches', async () => {
    const { context, work } = openQueueFixture(redis(), { users });
    const { runs, vendors } = context.queues;
    const { run, state } = await openRun(context, 'purge-windows', { trigger: 'command', worker: 'gone-2' });
    await saveState(context.queues, run, { ...state, phase: 'apply', selected: 5, planned: 10 });
    // The batches were on the queue when it died; the first worker to come takes up the run.
    const dying = [0, 1].map((index) => ({
      text: batchText({ users: [[`user ${index}`, null, null]] }),
      users: 1,
      actions: 2,
    }));
    await vendors.pointsharp.pause();
    const queue = vendors.pointsharp;
    const batches = Readable.from(dying);
    await fanOut({ context, queue, run, phase: 'apply', urgency: 3, batches, ...notStopped });
    await work();
    await until(async () => stopReason((await runs.getJob(run.id ?? '')) ?? run));
    await vendors.pointsharp.resume();
    const report = await reportAtEnd(context, run.id ?? '');
    expect(report.run).toMatchObject({ status: 'failed', reason: expect.stringContaining('start it again') });
    expect(report.users).toEqual({ selected: 5, inspected: 0, failed: 0, notReached: 5, notAsked: 0 });
    expect(report.actions).toMatchObject({ planned: 10, applied: 0, failed: 0, notReached: 10 });
    expect(report.requests).toEqual({ pointsharp: 0 });
    expect(imbalances(report)).toEqual([]);
  });
});

describe('the report of a run', () => {
  it('the report of a run never counts below nothing while its users are still read', async () => {
    const { context } = openQueueFixture(redis(), { users });
    const { run, state } = await openRun(context, 'audit-pocket', {
      trigger: 'command',
      worker: context.name,
    });
    await saveState(context.queues, run, state);
    const one = [{ text: batchText({ users: [['nobody', null, null]] }), users: 1, actions: 0 }];
    const queue = context.queues.vendors.superoffice;
    const batches = Readable.from(one);
    await fanOut({ context, queue, run, phase: 'plan', urgency: 1, batches, ...notStopped });
    const interruptions = openInterruptions(context.queues, context.log);
    const worker = await openBatchWorker(context, 'superoffice', {
      losses: { follow: () => {} },
      interruptions,
      waitNotes: createWaitNotes(context.log),
    });
    onTestFinished(async () => {
      await worker.close();
      await interruptions.close();
    });
    await until(async () => (await run.getDependenciesCount({ unprocessed: true })).unprocessed === 0);
    const report = await findReport(context.queues.runs, run.id ?? '');
    expect(report?.users).toEqual({ selected: 1, inspected: 1, failed: 0, notReached: 0, notAsked: 0 });
  });
});

const notStopped = { token: undefined, signal: undefined };

function rosterOf(rows: readonly RosterRow[] | Promise<readonly RosterRow[]>): WorkerContext['openRoster'] {
  return async () => ({
    name: 'roster of the test',
    async *read() {
      yield await rows;
    },
    close: async () => {},
  });
}

async function openRun({ queues: { runs }, config, now }: WorkerContext, name: string, origin: Origin) {
  const id = newRunId(name, now());
  await addRun(runs, name, { mode: 'enforce' }, origin, id);
  const run = await findRun(runs, id);
  const settings = config.jobs[name];
  const maintenance = findJob(name);
  if (!run || !settings || !maintenance) throw new Error('the run is not there');
  return { run, state: beginRun(maintenance, settings, 'enforce', now()) };
}

async function reportAtEnd({ queues: { runs } }: WorkerContext, id: string): Promise<Report> {
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('the run has no report');
  return report;
}

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopRun } from '../../../src/queue/stop-run.ts';
import { openWorkers } from '../../../src/queue/workers.ts';
import { openRoster } from '../../../src/roster/roster.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { startYesMan } from '../yes-man.ts';

const redis = useRedis();

const csv = (...names: readonly string[]) => `username\n${names.map((name) => `${name}\n`).join('')}`;
/** More batches than are sent to Redis at a time. */
const many = (letter: string) => Array.from({ length: 120 }, (_, index) => `${letter}${1000 + index}`);
const counted = many('c');
const others = many('o');

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'changed-roster-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A roster at a path, and what happens there once it was read for the first time, before the count is made. */
function rosterThat(path: string, changes: () => void): WorkerContext['openRoster'] {
  let isFirst = true;
  return async (signal) => {
    const roster = await openRoster(path, Readable.from([]), { timeoutMs: 60_000, signal });
    return {
      ...roster,
      async *read(...how) {
        yield* roster.read(...how);
        if (isFirst) changes();
        isFirst = false;
      },
    };
  };
}

async function openVendor() {
  const { url, asked } = await startYesMan();
  const environment = { POINTSHARP_URL: url, PURGE_WINDOWS_BATCH_SIZE: '1' };
  const fixture = openQueueFixture(redis(), { environment });
  const writtenFor = () => [...new Set(asked.map((line) => /Username=(\w+)/.exec(line)?.[1]))].sort();
  return { ...fixture, writtenFor };
}

async function purge({ queues: { runs }, now }: WorkerContext): Promise<string> {
  const id = newRunId('purge-windows', now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'schedule' }, id);
  return id;
}

async function reportOf({ queues: { runs } }: WorkerContext, id: string) {
  await until(async () => (await runs.getJob(id))?.finishedOn);
  return findReport(runs, id);
}

it('a file renamed over the roster while it is counted changes nothing for the run', async () => {
  const folder = openFolder();
  const path = join(folder, 'users.csv');
  writeFileSync(path, csv(...counted));
  writeFileSync(join(folder, 'next.csv'), csv(...others));
  const { context, another, work, writtenFor } = await openVendor();
  const openRoster = rosterThat(path, () => renameSync(join(folder, 'next.csv'), path));
  await work(another({ openRoster }));
  expect(await reportOf(context, await purge(context))).toMatchObject({
    run: { status: 'completed' },
    users: { selected: 120 },
    actions: { applied: 240 },
  });
  expect(writtenFor()).toEqual(counted);
});

it('a mounted Secret that Kubernetes swaps while it is counted changes nothing for the run', async () => {
  const folder = openFolder();
  for (const [version, names] of Object.entries({ '..1': counted, '..2': others })) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'users.csv'), csv(...names));
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/users.csv', join(folder, 'users.csv'));
  const { context, another, work, writtenFor } = await openVendor();
  const openRoster = rosterThat(join(folder, 'users.csv'), () => {
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, '..1'), { recursive: true });
  });
  await work(another({ openRoster }));
  expect((await reportOf(context, await purge(context)))?.run.status).toBe('completed');
  expect(writtenFor()).toEqual(counted);
});

it.each([
  ['other users', others],
  ['one more user', [...counted, 'dora']],
  ['one user less', counted.slice(0, -1)],
  ['another last user', counted.with(-1, 'dora')],
])(
  'a roster that gets %s in place while it is counted stops the run, and nothing is written',
  async (_, names) => {
    const path = join(openFolder(), 'users.csv');
    writeFileSync(path, csv(...counted));
    const { context, another, work, writtenFor } = await openVendor();
    await work(another({ openRoster: rosterThat(path, () => writeFileSync(path, csv(...names))) }));
    expect(await reportOf(context, await purge(context))).toMatchObject({
      run: {
        status: 'stopped',
        reason: 'The roster changed after the run counted its users. Start the run again.',
      },
      users: { selected: 120 },
      actions: { planned: 240, applied: 0, notReached: 240 },
    });
    expect(writtenFor()).toEqual([]);
  },
);

it('a run that another process takes over after its count writes nothing by a roster of its own', async () => {
  const folder = openFolder();
  const [mine, its] = [join(folder, 'mine.csv'), join(folder, 'its.csv')];
  writeFileSync(mine, csv(...counted));
  writeFileSync(its, csv(...others));
  const { context, another, work, writtenFor } = await openVendor();
  const reading = Promise.withResolvers<void>();
  let readings = 0;
  const first = another({
    async openRoster() {
      const roster = await openRoster(mine, Readable.from([]));
      return {
        ...roster,
        async *read(now, duplicates, signal) {
          readings += 1;
          // The second reading gives nothing until its process stops, which hands the run back.
          if (readings === 2) {
            reading.resolve();
            await new Promise((resolve) => signal?.addEventListener('abort', resolve));
          }
          yield* roster.read(now, duplicates, signal);
        },
      };
    },
  });
  const workers = await openWorkers(first);
  const id = await purge(context);
  await reading.promise;
  await workers.close(10_000);
  await work(another({ openRoster: () => openRoster(its, Readable.from([])) }));
  expect(await reportOf(context, id)).toMatchObject({
    run: { status: 'stopped', reason: expect.stringContaining('The roster changed after the run counted') },
    actions: { applied: 0 },
  });
  expect(writtenFor()).toEqual([]);
});

it('a run that is stopped while its roster gives nothing ends, and says why', async () => {
  const { context, another, work, writtenFor } = await openVendor();
  const silent = another({
    openRoster: (signal) => openRoster('-', new PassThrough(), { timeoutMs: 3_600_000, signal }),
  });
  await work(silent);
  const id = await purge(context);
  await until(async () => stateToShow((await findRun(context.queues.runs, id))?.data)?.phase === 'gate');
  await stopRun(context.queues.runs, id, 'the command was interrupted');
  expect((await reportOf(context, id))?.run).toMatchObject({
    status: 'stopped',
    reason: 'the command was interrupted',
  });
  expect(writtenFor()).toEqual([]);
});

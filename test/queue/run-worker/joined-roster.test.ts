import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulators } from '../../../simulators/simulators.ts';
import { openConfiguredRoster } from '../../../src/commands/setup/config.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

async function openJoined() {
  const simulators = await startSimulators({ users: 30, frozen: true });
  onTestFinished(() => simulators.close());
  const path = join(mkdtempSync(join(tmpdir(), 'caretaker-join-')), 'users.csv');
  const { people, pointsharp, superoffice } = simulators;
  const names = Array.from({ length: 30 }, (_, index) => people.username(index));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = names.map((name, index) => `${quoted(name)},${quoted(people.storage(index))}\n`);
  writeFileSync(path, `username,userStorageName\n${rows.join('')}`);
  const fixture = openQueueFixture(redis(), {
    environment: {
      POINTSHARP_URL: pointsharp.url,
      SUPEROFFICE_URL: superoffice.url,
      SUPEROFFICE_USERNAME: 'caretaker',
      SUPEROFFICE_PASSWORD: 'simulated',
      CARETAKER_ROSTER: `${path} superoffice:`,
      CARETAKER_ROSTER_JOIN: 'lower-case',
      CARETAKER_RETRY_DELAY: 'PT0.01S',
    },
  });
  const { config, clients, now } = fixture.context;
  const openRoster: WorkerContext['openRoster'] = (signal) =>
    openConfiguredRoster({ input: new PassThrough(), now }, config, { signal, clients });
  const context = fixture.another({ openRoster });
  await fixture.work(context);
  async function purge() {
    const id = newRunId('purge-windows', now());
    await addRun(context.queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'schedule' }, id);
    await until(async () => (await context.queues.runs.getJob(id))?.finishedOn);
    return until(() => findReport(context.queues.runs, id));
  }
  return { simulators, purge, lines: fixture.lines };
}

it('a run over a joined roster writes for all its users, and says in its report and in the log whom the join concerns', async () => {
  const { simulators, purge, lines } = await openJoined();
  const { people, superoffice, pointsharp } = simulators;
  superoffice.world.archive.users = Array.from({ length: 31 }, (_, index) => ({
    associateDbId: people.associateId(index),
    userName: index < 29 ? people.username(index).toUpperCase() : 'stranger',
    isActive: index > 3,
  }));
  const report = await purge();
  const found = {
    rule: 'lower-case',
    matched: 29,
    onlyUsers: { count: 1, names: [`${people.username(29)} (${people.storage(29)})`] },
    onlyAssociates: { count: 2, names: ['stranger (associate 1030)', 'stranger (associate 1031)'] },
    ambiguousUsers: { count: 0, names: [] },
    ambiguousAssociates: { count: 0, names: [] },
  };
  expect(report.run).toMatchObject({ status: 'completed', reason: null });
  expect(report.join).toEqual(found);
  expect(report.actions).toMatchObject({ planned: 60, applied: 60 });
  expect(lines().filter(({ msg }) => msg === 'roster joined')).toMatchObject([found]);
  expect(pointsharp.traffic.facts().violations.first).toEqual([]);
});

it('a run over a joined roster of which one side fails is a failed run, and writes nothing', async () => {
  const { simulators, purge } = await openJoined();
  simulators.superoffice.faults.add({ kind: 'status', status: 502 });
  const { run, users, actions, join: joined } = await purge();
  expect(run.status).toBe('failed');
  expect(run.reason).toContain('GET Archive/AllUsers for the users from row 1 failed');
  expect([users.selected, actions.planned, joined]).toEqual([0, 0, null]);
  expect(simulators.pointsharp.traffic.facts().requests).toBe(0);
});

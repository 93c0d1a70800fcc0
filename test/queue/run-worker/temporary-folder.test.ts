import { expect, it, onTestFinished } from 'vitest';
import { rosterUser } from '../../../simulators/people/roster.ts';
import { startSimulators } from '../../../simulators/simulators.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { lastFindings } from '../../../src/queue/records/last-findings.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { imbalances } from '../../../src/runs/report.ts';
import { createSort } from '../../../src/sorting/sort.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const folder = '/nowhere/at-all';

/** A run of everybody, for a worker that holds two items at once and finds no temporary folder. */
async function runWithoutFolder(job: string) {
  const simulators = await startSimulators({ users: 40, frozen: true });
  onTestFinished(() => simulators.close());
  const { context, work, another } = openQueueFixture(redis(), {
    users: Array.from({ length: 40 }, (_, index) => rosterUser(simulators.people, index)),
    environment: {
      POINTSHARP_URL: simulators.pointsharp.url,
      SUPEROFFICE_URL: simulators.superoffice.url,
      REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    },
  });
  const { runs } = context.queues;
  const id = newRunId(job, context.now());
  // Tried once: the pauses between five tries would be all that the test does.
  await addRun(runs, job, { mode: 'enforce' }, { trigger: 'command' }, id);
  const run = await runs.getJob(id);
  await context.queues.redis.hset(runs.toKey(id), 'opts', JSON.stringify({ ...run?.opts, attempts: 1 }));
  await work(another({ sort: createSort({ heldAtOnce: 2, folder }) }));
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('the run has no report');
  expect(imbalances(report)).toEqual([]);
  expect(report.run.status).toBe('failed');
  expect(report.run.reason).toContain(
    `the temporary folder ${folder} does not take it: no such file or directory (ENOENT). Mount a folder there`,
  );
  return { report, simulators, context };
}

it('a refresh whose plan finds no room in the temporary folder fails in words, writes nothing and loses nothing', async () => {
  const { report, simulators } = await runWithoutFolder('refresh-timed-devices');
  const { planned, notReached } = report.actions;
  expect(planned).toBeGreaterThan(2);
  expect(notReached).toBe(planned);
  expect(simulators.pointsharp.traffic.facts().writesApplied).toEqual({});
});

it('an audit that finds no room in the temporary folder fails in words and reports what each associate shows', async () => {
  const { report, context } = await runWithoutFolder('audit-pocket');
  expect(report.users).toMatchObject({ selected: 40, inspected: 40 });
  expect(Object.keys(report.findings)).not.toHaveLength(0);
  expect(report.findings).not.toHaveProperty('shared-device');
  expect(await lastFindings(context.queues, 'audit-pocket')).toBeUndefined();
});

import { DateTime } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rosterUser } from '../../simulators/people/roster.ts';
import { type Simulators, startSimulators } from '../../simulators/simulators.ts';
import { type AnyJob, findJob, jobNames } from '../../src/jobs/index.ts';
import { batchLog } from '../../src/queue/batch-worker/batch-log.ts';
import { openBatch } from '../../src/queue/batch-worker/open-batch.ts';
import type { WorkerContext } from '../../src/queue/context.ts';
import { type BatchData, batchText } from '../../src/queue/messages/batch-data.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { beginRun, type RunState } from '../../src/queue/messages/run-state.ts';
import { toActionTuple, toTuple } from '../../src/queue/messages/tuples.ts';
import { findReport } from '../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { createRefusals } from '../../src/runs/refusals.ts';
import type { Report } from '../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from '../queue/queue-fixture.ts';

const redis = useRedis();
const userCount = 60;

async function open() {
  // The clock stands still, so that a state that differs was changed by us and not by time.
  const simulators = await startSimulators({ users: userCount, frozen: true });
  onTestFinished(() => simulators.close());
  const users = Array.from({ length: userCount }, (_, index) => rosterUser(simulators.people, index));
  const fixture = openQueueFixture(redis(), {
    users,
    environment: {
      POINTSHARP_URL: simulators.pointsharp.url,
      SUPEROFFICE_URL: simulators.superoffice.url,
      REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    },
  });
  const now = () => DateTime.fromMillis(simulators.clock.now());
  const context: WorkerContext = { ...fixture.context, now: () => DateTime.now() };
  return { ...fixture, context, simulators, users, now };
}

/** Everything of both vendors that a job could change. */
function stateOf({ people, pointsharp, superoffice }: Simulators) {
  const persons = [...people.all()];
  return {
    windows: persons.map((person) => pointsharp.world.windows(person)),
    devices: persons.map((person) => pointsharp.world.devices(person)),
    registrations: Array.from({ length: people.users }, (_, index) =>
      superoffice.world.registrations(people.associateId(index)),
    ),
  };
}

async function enforce(context: WorkerContext, job: string): Promise<Report> {
  const { runs } = context.queues;
  const id = newRunId(job, DateTime.now());
  await addRun(runs, job, { mode: 'enforce' }, { trigger: 'command' }, id);
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('the run has no report');
  return report;
}

describe.each(jobNames)('%s', (name) => {
  it(`the job ${name} has its effect once, however often it runs`, async () => {
    const { context, simulators, work } = await open();
    const before = stateOf(simulators);
    await work();
    const first = await enforce(context, name);
    const after = stateOf(simulators);
    const second = await enforce(context, name);
    expect([first.run, second.run]).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
    expect(first.users).toEqual({
      selected: userCount,
      inspected: userCount,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(stateOf(simulators)).toEqual(after);
    if (findJob(name)?.apply) expect(after).not.toEqual(before);
    else expect(after).toEqual(before);
    // What was seen to need doing is not seen again; a job that cannot see it asks for all of it again.
    const planned = findJob(name)?.plansFrom === 'roster' ? first.actions.planned : 0;
    expect(second.actions.planned).toBe(planned);
    expect(second.findings).toEqual(first.findings);
    expect(simulators.pointsharp.traffic.facts().violations.total).toBe(0);
    expect(simulators.superoffice.traffic.facts().violations.total).toBe(0);
  });

  it(`the job ${name} leaves the same state when a batch is worked on twice, as after a worker was lost`, async () => {
    const { context, simulators, users, lines } = await open();
    const maintenance = findJob(name);
    const config = context.config.jobs[name];
    if (!maintenance || !config) throw new Error('the job is not configured');
    const state = beginRun(maintenance, config, 'enforce', context.now());
    const whole: BatchData = { users: users.map(toTuple) };
    const once = await workOn(context, maintenance, state, whole);
    // Users are written to at once where the roster is the plan; else the actions that were found are.
    const actions = maintenance.plansFrom === 'vendor' && once.actions?.length ? once.actions : undefined;
    const data: BatchData = actions ? { actions: actions.map(toActionTuple) } : whole;
    if (maintenance.apply && maintenance.plansFrom === 'vendor') expect(actions).toBeDefined();
    const first = await workOn(context, maintenance, state, data);
    const after = stateOf(simulators);
    const second = await workOn(context, maintenance, state, data);
    expect(stateOf(simulators)).toEqual(after);
    expect(second).toEqual(first);
    expect(second.tally).toMatchObject({ actions: { failed: 0 }, users: { failed: 0 }, failures: [] });
    expect(lines().filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

async function workOn(context: WorkerContext, maintenance: AnyJob, state: RunState, data: BatchData) {
  const batch = await openBatch(
    context,
    maintenance,
    state,
    { id: 'batch', text: batchText(data) },
    {
      runId: 'run',
      kept: undefined,
      isNamed: false,
    },
  );
  const comparison = { refusals: createRefusals(), isWholeRun: true };
  const tools = { width: 4, comparison, batchLog: batchLog(context.log, maintenance) };
  await batch.work(tools, { requests: 0 });
  return sortedResult(batch.result());
}

/** Several requests at once finish in any order. */
function sortedResult(result: ReturnType<Awaited<ReturnType<typeof openBatch>>['result']>) {
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  return {
    ...result,
    ...(result.actions ? { actions: [...result.actions].sort(byText) } : {}),
    ...(result.observations ? { observations: [...result.observations].sort(byText) } : {}),
  };
}

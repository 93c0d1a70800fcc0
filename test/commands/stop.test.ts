import { userInfo } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { lookAtRuns } from '../support/under-way.ts';

const users = 4000;
const purge = ['run', 'purge-windows', '--json'];
let endToEnd: EndToEnd;

beforeEach(async () => {
  endToEnd = await openEndToEnd({ users });
  endToEnd.simulators.pointsharp.faults.latencyMs = 20;
});
afterEach(() => endToEnd.close());

function deletes(): number {
  return endToEnd.simulators.pointsharp.traffic.facts().requests;
}

async function writing(least: number): Promise<void> {
  while (deletes() < least) await new Promise(setImmediate);
}

function settings(inFlight: number) {
  return { CARETAKER_MODE: 'enforce', POINTSHARP_REQUESTS_IN_FLIGHT: String(inFlight) };
}

async function reportOf(id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

/** By hand: STOP_IN_FLIGHT=2,8,64 npx vitest run test/commands/stop.test.ts */
const inFlights = (process.env.STOP_IN_FLIGHT ?? '8').split(',').map(Number);

describe.each(inFlights)('with %i requests in flight', (inFlight) => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'a command ends its writes behind what is in flight at %s',
    async (signal) => {
      const command = endToEnd.start(purge, settings(inFlight));
      await writing(100);
      const told = command.says('stopping… (again to quit at once)');
      command.process.kill(signal);
      await told;
      const before = deletes();
      const result = await command.ended;
      expect(deletes() - before).toBeLessThanOrEqual(inFlight);
      expect(result.code).toBe(4);
      const { run, actions } = result.json<Report>();
      expect(run).toMatchObject({ status: 'stopped', reason: 'the command was interrupted' });
      expect(actions.applied).toBe(deletes());
      expect(actions.applied + actions.notReached).toBe(2 * users);
      const history = (await endToEnd.run(['history', '--json'])).json<readonly unknown[]>();
      expect(history).toContainEqual(
        expect.objectContaining({ what: 'stop', by: userInfo().username, on: { run: run.id } }),
      );
    },
  );

  it('a worker ends its writes behind what is in flight at SIGTERM, and the next one does the rest', async () => {
    const worker = endToEnd.start(['worker'], settings(inFlight));
    await worker.says('worker ready');
    const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
      id: string;
    }>();
    await writing(100);
    const told = worker.says('worker stopping');
    worker.process.kill('SIGTERM');
    await told;
    const before = deletes();
    expect((await worker.ended).code).toBe(0);
    expect(deletes() - before).toBeLessThanOrEqual(inFlight);
    endToEnd.simulators.pointsharp.faults.latencyMs = 0;
    const next = endToEnd.start(['worker'], settings(inFlight));
    await next.says('run finished');
    expect((await reportOf(id)).actions.applied).toBe(deletes());
    expect(deletes()).toBe(2 * users);
  });

  it.each(['purge-windows', 'pointsharp'])(
    'three workers end their writes behind what is in flight when %s is paused',
    async (what) => {
      const workers = [1, 2, 3].map(() => endToEnd.start(['worker'], settings(inFlight)));
      await Promise.all(workers.map((worker) => worker.says('worker ready')));
      const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
        id: string;
      }>();
      await writing(100);
      expect((await endToEnd.run(['pause', what])).code).toBe(0);
      const before = deletes();
      const { traffic } = endToEnd.simulators.pointsharp;
      while (traffic.facts().inFlight > 0) await new Promise(setImmediate);
      expect(deletes() - before).toBeLessThanOrEqual(3 * inFlight);
      const paused = deletes();
      expect((await reportOf(id)).run.status).toBe('running');
      expect(deletes()).toBe(paused);
      endToEnd.simulators.pointsharp.faults.latencyMs = 0;
      expect((await endToEnd.run(['resume', what])).code).toBe(0);
      await Promise.race(workers.map((worker: Caretaker) => worker.says('run finished')));
      expect((await reportOf(id)).actions.applied).toBe(2 * users);
      expect(deletes()).toBe(2 * users);
    },
  );
});

it('a second signal quits at once and says who carries on, which the next command does', async () => {
  const command = endToEnd.start(purge, { ...settings(8), POINTSHARP_REQUESTS_PER_SECOND: '20' });
  const runs = lookAtRuns(endToEnd.redis.url);
  await writing(10);
  const id = await runs.run('purge-windows');
  endToEnd.simulators.pointsharp.faults.latencyMs = 5000;
  const before = deletes();
  await writing(before + 1);
  command.process.kill('SIGINT');
  await command.says('stopping…');
  command.process.kill('SIGINT');
  const { errors, code } = await command.ended;
  expect(code).toBe(1);
  expect(errors).toContain(`quit at once; the next caretaker run carries ${id} to its report`);
  endToEnd.simulators.pointsharp.faults.latencyMs = 0;
  const next = await endToEnd.run(purge, settings(8));
  expect(next.code).toBe(0);
  expect(next.errors).toContain(`first settling run ${id}`);
  const settled = await reportOf(id ?? '');
  expect(settled.run.status).toBe('stopped');
  const { actions, repeated } = settled;
  expect(actions.applied + actions.notReached + actions.failed).toBe(2 * users);
  const own = next.json<Report>();
  expect(deletes()).toBeGreaterThanOrEqual(actions.applied + own.actions.applied);
  expect(deletes()).toBeLessThanOrEqual(actions.applied + own.actions.applied + repeated);
});

it('a run that nobody works on is stopped by hand, and the next command writes its report, also one that observes', async () => {
  const command = endToEnd.start(purge, { ...settings(8), POINTSHARP_REQUESTS_PER_SECOND: '50' });
  const runs = lookAtRuns(endToEnd.redis.url);
  await writing(20);
  const id = (await runs.run('purge-windows')) ?? '';
  await command.kill('SIGKILL');
  const before = deletes();
  const stopped = await endToEnd.run(['stop', id, '--note', 'wrong roster', '--by', 'ola']);
  expect(stopped).toMatchObject({ code: 0, output: expect.stringContaining('Nobody is there') });
  const next = await endToEnd.run(purge);
  expect(next.code).toBe(0);
  expect(deletes()).toBe(before);
  const { run, actions, repeated } = await reportOf(id);
  expect(run).toMatchObject({ status: 'stopped', reason: 'stopped by ola: wrong roster' });
  expect(actions.applied).toBeLessThanOrEqual(before);
  expect(actions.applied + repeated).toBeGreaterThanOrEqual(before);
  const again = await endToEnd.run(['stop', id]);
  expect(again).toMatchObject({ code: 2, errors: expect.stringContaining('has ended already') });
});

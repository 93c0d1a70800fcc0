import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { lookAtRuns } from '../support/under-way.ts';

const users = 4000;
const purge = ['run', 'purge-windows', '--json'];

/** Each test has a Redis and vendors of its own, and most of them wait: they run side by side. */
const it = test.extend<{ endToEnd: EndToEnd }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures off the pattern
  endToEnd: async ({}, use) => {
    const endToEnd = await openEndToEnd({ users });
    endToEnd.simulators.pointsharp.faults.latencyMs = 20;
    await use(endToEnd);
    await endToEnd.close();
  },
});

function deletes(endToEnd: EndToEnd): number {
  return endToEnd.simulators.pointsharp.traffic.facts().requests;
}

async function writing(endToEnd: EndToEnd, least: number): Promise<void> {
  while (deletes(endToEnd) < least) await new Promise(setImmediate);
}

/** Writes until nothing more came while a command ran: a worker that has not heard of a pause may be between two requests. */
async function settled(endToEnd: EndToEnd): Promise<number> {
  const before = deletes(endToEnd);
  await endToEnd.run(['runs']);
  return deletes(endToEnd) === before ? before : settled(endToEnd);
}

function settings(inFlight: number) {
  return { CARETAKER_MODE: 'enforce', POINTSHARP_REQUESTS_IN_FLIGHT: String(inFlight) };
}

async function reportOf(endToEnd: EndToEnd, id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

/** By hand: STOP_IN_FLIGHT=2,8,64 npx vitest run test/commands/stop.test.ts */
const inFlights = (process.env.STOP_IN_FLIGHT ?? '8').split(',').map(Number);

describe.each(inFlights)('with %i requests in flight', (inFlight) => {
  it.concurrent.for(['SIGINT', 'SIGTERM'] as const)(
    'a command ends its writes behind what is in flight at %s',
    async (signal, { endToEnd }) => {
      const command = endToEnd.start(purge, settings(inFlight));
      await writing(endToEnd, 100);
      const told = command.says('stopping… (again to quit at once)');
      command.process.kill(signal);
      await told;
      const before = deletes(endToEnd);
      const result = await command.ended;
      expect(deletes(endToEnd) - before).toBeLessThanOrEqual(inFlight);
      expect(result.code).toBe(4);
      const { run, actions } = result.json<Report>();
      expect(run).toMatchObject({ status: 'stopped', reason: 'the command was interrupted' });
      expect(actions.applied).toBe(deletes(endToEnd));
      expect(actions.applied + actions.notReached).toBe(2 * users);
      const history = (await endToEnd.run(['history', '--json'])).json<readonly unknown[]>();
      expect(history).toContainEqual(
        expect.objectContaining({ what: 'stop', by: userInfo().username, on: { run: run.id } }),
      );
    },
  );

  it.concurrent('a worker ends its writes behind what is in flight at SIGTERM, and the next one does the rest', async ({
    endToEnd,
  }) => {
    const worker = endToEnd.start(['worker'], settings(inFlight));
    await worker.says('worker ready');
    const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
      id: string;
    }>();
    await writing(endToEnd, 100);
    const told = worker.says('worker stopping');
    worker.process.kill('SIGTERM');
    await told;
    const before = deletes(endToEnd);
    expect((await worker.ended).code).toBe(0);
    expect(deletes(endToEnd) - before).toBeLessThanOrEqual(inFlight);
    endToEnd.simulators.pointsharp.faults.latencyMs = 0;
    const next = endToEnd.start(['worker'], settings(inFlight));
    await next.says('run finished');
    expect((await reportOf(endToEnd, id)).actions.applied).toBe(deletes(endToEnd));
    expect(deletes(endToEnd)).toBe(2 * users);
  });

  it.concurrent.for(['purge-windows', 'pointsharp'])(
    'three workers end their writes behind what is in flight when %s is paused',
    async (what, { endToEnd }) => {
      const workers = [1, 2, 3].map(() => endToEnd.start(['worker'], settings(inFlight)));
      await Promise.all(workers.map((worker) => worker.says('worker ready')));
      const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
        id: string;
      }>();
      await writing(endToEnd, 100);
      expect((await endToEnd.run(['pause', what])).code).toBe(0);
      const before = deletes(endToEnd);
      const paused = await settled(endToEnd);
      expect(paused - before).toBeLessThanOrEqual(3 * inFlight);
      expect((await reportOf(endToEnd, id)).run.status).toBe('running');
      expect(deletes(endToEnd)).toBe(paused);
      endToEnd.simulators.pointsharp.faults.latencyMs = 0;
      expect((await endToEnd.run(['resume', what])).code).toBe(0);
      await Promise.race(workers.map((worker: Caretaker) => worker.says('run finished')));
      expect((await reportOf(endToEnd, id)).actions.applied).toBe(2 * users);
      expect(deletes(endToEnd)).toBe(2 * users);
    },
  );
});

it.concurrent('a second signal quits at once and says who carries on, which the next command does', async ({
  endToEnd,
  onTestFinished,
}) => {
  const command = endToEnd.start(purge, { ...settings(8), POINTSHARP_REQUESTS_PER_SECOND: '20' });
  const runs = lookAtRuns(endToEnd.redis.url, onTestFinished);
  await writing(endToEnd, 10);
  const id = await runs.run('purge-windows');
  endToEnd.simulators.pointsharp.faults.latencyMs = 5000;
  const before = deletes(endToEnd);
  await writing(endToEnd, before + 1);
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
  const settled = await reportOf(endToEnd, id ?? '');
  expect(settled.run.status).toBe('stopped');
  const { actions, repeated } = settled;
  expect(actions.applied + actions.notReached + actions.failed).toBe(2 * users);
  const own = next.json<Report>();
  expect(deletes(endToEnd)).toBeGreaterThanOrEqual(actions.applied + own.actions.applied);
  expect(deletes(endToEnd)).toBeLessThanOrEqual(actions.applied + own.actions.applied + repeated);
});

it.concurrent('a run that nobody works on is stopped by hand, and the next command writes its report, also one that observes', async ({
  endToEnd,
  onTestFinished,
}) => {
  const command = endToEnd.start(purge, { ...settings(8), POINTSHARP_REQUESTS_PER_SECOND: '50' });
  const runs = lookAtRuns(endToEnd.redis.url, onTestFinished);
  await writing(endToEnd, 20);
  const id = (await runs.run('purge-windows')) ?? '';
  await command.kill('SIGKILL');
  const before = deletes(endToEnd);
  const stopped = await endToEnd.run(['stop', id, '--note', 'wrong roster', '--by', 'ola']);
  expect(stopped).toMatchObject({ code: 0, output: expect.stringContaining('Nobody is there') });
  const next = await endToEnd.run(purge);
  expect(next.code).toBe(0);
  expect(deletes(endToEnd)).toBe(before);
  const { run, actions, repeated } = await reportOf(endToEnd, id);
  expect(run).toMatchObject({ status: 'stopped', reason: 'stopped by ola: wrong roster' });
  expect(actions.applied).toBeLessThanOrEqual(before);
  expect(actions.applied + repeated).toBeGreaterThanOrEqual(before);
  const again = await endToEnd.run(['stop', id]);
  expect(again).toMatchObject({ code: 2, errors: expect.stringContaining('has ended already') });
});

it.concurrent('a stop while a run is settled ends that run, and begins no other', async ({
  endToEnd,
  onTestFinished,
}) => {
  const slow = { ...settings(8), POINTSHARP_REQUESTS_PER_SECOND: '50' };
  const command = endToEnd.start(purge, slow);
  const runs = lookAtRuns(endToEnd.redis.url, onTestFinished);
  await writing(endToEnd, 20);
  const id = (await runs.run('purge-windows')) ?? '';
  await command.kill('SIGKILL');
  const before = deletes(endToEnd);
  const next = endToEnd.start(purge, slow);
  await next.says(`first settling run ${id}`);
  await writing(endToEnd, before + 20);
  next.process.kill('SIGTERM');
  const result = await next.ended;
  expect(result.code).toBe(4);
  expect(result.json<Report>().run).toMatchObject({ id, status: 'stopped' });
  expect(await runs.run('purge-windows')).toBeUndefined();
  expect(deletes(endToEnd)).toBeLessThan(2 * users);
});

it.concurrent('a command whose vendor is paused ends at a stop, and its run once the vendor is resumed', async ({
  endToEnd,
}) => {
  const command = endToEnd.start(purge, settings(8));
  await writing(endToEnd, 50);
  expect((await endToEnd.run(['pause', 'pointsharp', '--note', 'moving'])).code).toBe(0);
  command.process.kill('SIGINT');
  const result = await command.ended;
  expect(result.code).toBe(4);
  expect(result.errors).toContain('its vendor is paused');
  const { run } = result.json<Report>();
  const refused = await endToEnd.run(purge);
  expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('pointsharp has been paused') });
  await endToEnd.run(['resume', 'pointsharp']);
  expect((await endToEnd.run(purge)).code).toBe(0);
  const { run: ended, actions } = await reportOf(endToEnd, run.id);
  expect(ended).toMatchObject({ status: 'stopped', reason: 'the command was interrupted' });
  expect(actions.applied).toBe(deletes(endToEnd));
});

it.concurrent('three workers end the writes of a run behind what is in flight when it is stopped by hand', async ({
  endToEnd,
}) => {
  const workers = [1, 2, 3].map(() => endToEnd.start(['worker'], settings(8)));
  await Promise.all(workers.map((worker) => worker.says('worker ready')));
  const trigger = ['trigger', 'purge-windows', '--mode', 'enforce', '--json'];
  const { id } = (await endToEnd.run(trigger)).json<{ id: string }>();
  await writing(endToEnd, 100);
  const stop = endToEnd.start(['stop', id]);
  await stop.says(`stopping: ${id}`);
  const before = deletes(endToEnd);
  await Promise.race(workers.map((worker) => worker.says('run finished')));
  expect(deletes(endToEnd) - before).toBeLessThanOrEqual(3 * 8);
  const { run, actions } = await reportOf(endToEnd, id);
  expect(run.status).toBe('stopped');
  expect(actions.applied).toBe(deletes(endToEnd));
});

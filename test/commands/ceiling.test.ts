import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, type TestContext, test } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { lookAtRuns } from '../support/under-way.ts';

const users = 400;
const enforce = { CARETAKER_MODE: 'enforce' };

/** Each test has a Redis and vendors of its own, and most of them wait: they run side by side. */
const it = test.extend<{ endToEnd: EndToEnd }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures off the pattern
  endToEnd: async ({}, use) => {
    const endToEnd = await openEndToEnd({ users });
    await use(endToEnd);
    await endToEnd.close();
  },
});

function requests(endToEnd: EndToEnd): number {
  return endToEnd.simulators.pointsharp.traffic.facts().requests;
}

function deletes(endToEnd: EndToEnd): number {
  const { byOperation } = endToEnd.simulators.pointsharp.traffic.facts();
  return Object.entries(byOperation).reduce(
    (sum, [operation, count]) => (operation.startsWith('DELETE') ? sum + count : sum),
    0,
  );
}

/** A purge that dies in the middle of its writes. Resolves to its id. */
async function killedPurge(
  endToEnd: EndToEnd,
  onTestFinished: TestContext['onTestFinished'],
): Promise<string> {
  const runs = lookAtRuns(endToEnd.redis.url, onTestFinished);
  const killed = endToEnd.start(['run', 'purge-windows', '--json'], {
    ...enforce,
    POINTSHARP_REQUESTS_PER_SECOND: '50',
    PURGE_WINDOWS_BATCH_SIZE: '20',
  });
  while (deletes(endToEnd) < 30) await new Promise(setImmediate);
  const id = (await runs.run('purge-windows')) ?? '';
  await killed.kill('SIGKILL');
  return id;
}

it.concurrent('a command that observes another job leaves the purge of a killed command alone', async ({
  endToEnd,
  onTestFinished,
}) => {
  await killedPurge(endToEnd, onTestFinished);
  const before = deletes(endToEnd);
  const { people } = endToEnd.simulators;
  const result = await endToEnd.run([
    'run',
    'refresh-timed-devices',
    '--user',
    people.username(0),
    '--mode',
    'observe',
    '--json',
  ]);
  expect(result.json<Report>().run.status).toBe('completed');
  expect(deletes(endToEnd)).toBe(before);
});

it.concurrent('a command that observes the same job says who the killed purge waits for, and does not write', async ({
  endToEnd,
  onTestFinished,
}) => {
  const id = await killedPurge(endToEnd, onTestFinished);
  const before = deletes(endToEnd);
  const result = await endToEnd.run(['run', 'purge-windows', '--json']);
  expect(result.code).toBe(5);
  expect(result.json<Report>().run.reason).toContain(
    `${id} waits for a process in enforce: CARETAKER_MODE=enforce caretaker run purge-windows`,
  );
  // Lifted for its own run, and for nothing else.
  const lifted = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json']);
  expect(lifted.code).toBe(5);
  expect(deletes(endToEnd)).toBe(before);

  const writer = await endToEnd.run(['run', 'purge-windows', '--json'], enforce);
  expect(writer.code).toBe(0);
  expect((await endToEnd.run(['runs', id, '--json'])).json<Report>().run.status).toBe('completed');
});

it.concurrent('a worker that observes leaves the purge of a killed command to the next one that may write', async ({
  endToEnd,
  onTestFinished,
}) => {
  const id = await killedPurge(endToEnd, onTestFinished);
  const before = deletes(endToEnd);
  const observer = endToEnd.start(['worker']);
  await observer.says('run waits for a process in enforce');
  expect(deletes(endToEnd)).toBe(before);
  const writer = endToEnd.start(['worker'], enforce);
  await writer.says('run finished');
  const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
  expect(report.run.status).toBe('completed');
  expect(report.actions.applied).toBe(2 * users);
  expect(observer.output()).not.toContain('"applied"');
});

it.concurrent('a message in enforce fails at once, with a sentence, where every worker observes', async ({
  endToEnd,
}) => {
  const observer = endToEnd.start(['worker']);
  await observer.says('worker ready');
  const connection = new Redis(endToEnd.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue('caretaker-runs', { connection, prefix: '{caretaker}' });
  const events = new QueueEvents('caretaker-runs', {
    connection,
    prefix: '{caretaker}',
  });
  await events.waitUntilReady();
  const refused = await queue.add('purge-windows', { mode: 'enforce' }, { attempts: 5 });
  await expect(refused.waitUntilFinished(events)).rejects.toThrow(
    /asks for purge-windows in enforce, and every worker here only observes/,
  );
  expect(requests(endToEnd)).toBe(0);
  const allowed = await queue.add('purge-windows', { mode: 'observe' });
  const report: Report = await allowed.waitUntilFinished(events);
  expect(report.run).toMatchObject({ mode: 'observe', status: 'completed' });

  // A worker that may write is there now: the same message is for it.
  const writer = endToEnd.start(['worker'], enforce);
  await writer.says('worker ready');
  const wanted = await queue.add('purge-windows', { mode: 'enforce' });
  const written: Report = await wanted.waitUntilFinished(events);
  expect(written.actions.applied).toBe(2 * users);
  await events.close();
  await queue.close();
  connection.disconnect();
});

it.concurrent('an approval given while only observers are up waits for a worker that may write', async ({
  endToEnd,
}) => {
  const held = await endToEnd.run(['run', 'purge-windows', '--json'], {
    ...enforce,
    PURGE_WINDOWS_MAX_ACTIONS: '1',
    PURGE_WINDOWS_HOLD_ON: 'max-actions',
  });
  expect(held.code).toBe(3);
  const { id } = held.json<Report>().run;
  const observer = endToEnd.start(['worker']);
  await observer.says('worker ready');
  const approved = await endToEnd.run(['approve', id]);
  expect(approved.output).toContain('The next worker in enforce does');
  await observer.says('run waits for a process in enforce');
  expect(requests(endToEnd)).toBe(0);
  const writer = endToEnd.start(['worker'], enforce);
  await writer.says('run finished');
  expect(deletes(endToEnd)).toBe(2 * users);
});

it.concurrent('a plan file is applied only where writing is allowed', async ({ endToEnd }) => {
  const path = `${endToEnd.folder}/plan.json`;
  expect((await endToEnd.run(['plan', 'purge-windows', '--out', path])).code).toBe(0);
  const refused = await endToEnd.run(['apply', path]);
  expect(refused).toMatchObject({ code: 2, output: '' });
  expect(refused.errors).toContain('CARETAKER_MODE=observe');
  expect(requests(endToEnd)).toBe(0);
  expect(
    (await endToEnd.run(['apply', path, '--mode', 'enforce', '--json'])).json<Report>().actions.applied,
  ).toBe(2 * users);
});

it.concurrent('a command that may write works on its own job alone, also beside batches of a killed one', async ({
  endToEnd,
  onTestFinished,
}) => {
  await killedPurge(endToEnd, onTestFinished);
  const before = deletes(endToEnd);
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json'], enforce);
  expect(result.json<Report>()).toMatchObject({ run: { status: 'completed' }, actions: { notReached: 0 } });
  expect(deletes(endToEnd)).toBe(before);
});

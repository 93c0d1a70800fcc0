import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 200 });
  // Batches wait for each other, so that there is one to remove.
  endToEnd.simulators.pointsharp.faults.latencyMs = 60;
});
afterAll(() => endToEnd.close());

/** Removes a batch that waits, once there is one; one that a worker takes in between is refused. */
async function removeBatch(): Promise<void> {
  const connection = new Redis(endToEnd.redis.url, { maxRetriesPerRequest: null });
  const batches = new Queue('caretaker-pointsharp', { connection, prefix: '{caretaker}' });
  let isRemoved = false;
  while (!isRemoved) {
    const waiting = await batches.getPrioritized();
    isRemoved = await (waiting.at(-1)?.remove() ?? Promise.reject(new Error('none waits'))).then(
      () => true,
      () => false,
    );
  }
  await batches.close();
  connection.disconnect();
}

// As in https://github.com/taskforcesh/bullmq/issues/1752, where the run never ended.
it.each([
  ['purge-windows', 'PURGE_WINDOWS_BATCH_SIZE', 2 * 10],
  ['refresh-timed-devices', 'REFRESH_TIMED_DEVICES_BATCH_SIZE', 0],
])('a run of %s ends after somebody removed one of its batches, and says so', async (job, size, actions) => {
  const command = endToEnd.run(['run', job, '--json'], { CARETAKER_MODE: 'enforce', [size]: '10' });
  await removeBatch();
  const { code, json } = await command;
  const { run, users, actions: counted } = json<Report>();
  expect(code).toBe(1);
  expect(run).toMatchObject({
    status: 'completed',
    reason: 'not everything was reached: batches were removed from Redis',
  });
  expect(users.notReached).toBe(10);
  expect(counted.notReached).toBe(actions);
});

import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 100 });
});
afterAll(() => endToEnd.close());

test('a flushed Redis ends the command that follows a run with a clear error, and workers tell of theirs', async () => {
  const { traffic, faults } = endToEnd.simulators.pointsharp;
  faults.latencyMs = 200;
  const client = new Redis(endToEnd.redis.socketPath);
  onTestFinished(() => client.disconnect());
  const worker = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
  await worker.says('worker ready');
  await endToEnd.run(['trigger', 'refresh-timed-devices', '--mode', 'enforce']);
  await worker.says('run started');
  const command = endToEnd.start(['run', 'purge-windows', '--mode', 'enforce']);
  await expect.poll(() => Object.keys(traffic.facts().writesApplied), { timeout: 30_000 }).not.toEqual([]);
  await client.flushall();
  const ended = await command.ended;
  expect(ended.code).toBe(1);
  expect(ended.errors).toMatch(
    /The run purge-windows-\S+ is no longer in Redis: it was removed, or Redis lost it/,
  );
  await worker.says('run lost: it is no longer in Redis');
  const { code, output } = await worker.kill('SIGTERM');
  expect(code).toBe(0);
  const told = output.split('\n').filter((line) => line.includes('run lost: it is no longer in Redis'));
  expect(told.filter((line) => line.includes('"job":"refresh-timed-devices"'))).toHaveLength(1);
});

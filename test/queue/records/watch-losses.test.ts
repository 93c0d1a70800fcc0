import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { pause, resume } from '../../../src/queue/records/pauses.ts';
import { watchLosses } from '../../../src/queue/records/watch-losses.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const job = 'purge-windows';

/** A watch that has looked, and what it told. */
function open(everyMs = 20) {
  const { context, lines } = openQueueFixture(redis());
  const { queues, log } = context;
  const told: string[] = [];
  const watch = watchLosses(queues, { tell: (kind, what) => told.push(`${kind} ${what}`) }, log, everyMs);
  onTestFinished(() => watch.close());
  return { context, queues, watch, told, lines };
}

/** Waits until the watch has looked from beginning to end since now: what is lost is told with the next look. */
async function looked({ watch, told, queues }: ReturnType<typeof open>): Promise<void> {
  const before = told.length;
  for (const probe of ['first', 'second']) {
    watch.follow(`${probe}-${queues.prefix}`, 'audit-pocket');
    await until(async () => told.length > before + (probe === 'first' ? 0 : 1));
  }
  told.splice(before);
}

test('a pause that is lost with Redis is told by who obeyed it, one that somebody ended is not', async () => {
  const opened = open();
  const { queues, told } = opened;
  const by = { by: null };
  await pause(queues, job, by, DateTime.now());
  await pause(queues, 'pointsharp', by, DateTime.now());
  await looked(opened);
  await resume(queues, job);
  await looked(opened);
  expect(told).toEqual([]);
  await queues.redis.flushall();
  await until(async () => told.length > 0);
  await looked(opened);
  expect(told).toEqual(['pause pointsharp']);
});

test('a pause that is ended in the middle of a look is not taken for lost', async () => {
  const opened = open(1);
  const { queues, told } = opened;
  for (let round = 0; round < 300; round += 1) {
    await pause(queues, job, { by: null }, DateTime.now());
    await resume(queues, job);
  }
  expect(told).toEqual([]);
  await looked(opened);
});

test('a run that is lost is told once, one that has ended is not', async () => {
  const opened = open();
  const { context, queues, watch, told } = opened;
  const id = newRunId(job, context.now());
  await addRun(queues.runs, job, {}, { trigger: 'command' }, id);
  watch.follow(id, job);
  watch.follow('ended', job);
  watch.forget('ended');
  await looked(opened);
  expect(told).toEqual([]);
  await queues.redis.flushall();
  await until(async () => told.length > 0);
  await looked(opened);
  expect(told).toEqual([`run ${job}`]);
});

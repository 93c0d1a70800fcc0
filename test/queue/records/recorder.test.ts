import { expect, it } from 'vitest';
import { UsageError } from '../../../src/commands/usage-error.ts';
import { begun, readHistory } from '../../../src/queue/records/history.ts';
import { createRecorder, HistoryUnavailable } from '../../../src/queue/records/recorder.ts';
import { breakAfter } from '../../support/broken-way.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const kari = { by: 'kari', from: { kind: 'command', host: 'desk-7' } } as const;
const act = { what: 'remove-device', on: { user: 'ola', device: 'phone' }, why: 'lost it' } as const;

function open(environment: Record<string, string> = {}) {
  const { context, lines } = openQueueFixture(redis(), { environment });
  const history = () => readHistory(context.queues, 100, 0);
  const told = () => lines().filter(({ msg }) => msg === 'history');
  return { context, history, told, lines };
}

it('what is done is in the history before it is done and after it, and in the log', async () => {
  const { context, history, told } = open();
  const result = await createRecorder(context, kari).record(act, async () => {
    expect(await history()).toMatchObject([{ ...act, ...kari, outcome: begun }]);
    return 7;
  });
  expect(result).toBe(7);
  expect(await history()).toMatchObject([{ ...act, ...kari, outcome: 'done', problem: null }]);
  expect(told()).toMatchObject([
    { level: 'info', entry: { ...act, ...kari, outcome: begun } },
    { level: 'info', entry: { ...act, ...kari, outcome: 'done' } },
  ]);
});

it('what fails is in the history with its problem, and fails all the same', async () => {
  const { context, history } = open();
  const work = async () => {
    throw new UsageError('The device is gone.', 'Look for another.');
  };
  await expect(createRecorder(context, kari).record(act, work)).rejects.toThrow(UsageError);
  expect(await history()).toMatchObject([{ outcome: 'failed', problem: 'The device is gone.' }]);
});

it('no secret gets into a line of the history, whoever types it where, and no text is longer than 500 characters', async () => {
  const secret = 'PspwKanari0Zq1';
  const { context, history, told } = open({ SUPEROFFICE_PASSWORD: secret });
  const person = { ...kari, by: `kari ${secret}` };
  const on = { user: secret, device: Buffer.from(secret).toString('base64') };
  await createRecorder(context, person).note(
    { what: 'stop', on, detail: encodeURIComponent(secret), why: `${'x'.repeat(600)}` },
    { outcome: 'stopped' },
  );
  const [line] = await history();
  expect(line).toMatchObject({
    by: 'kari [secret]',
    on: { user: '[secret]', device: expect.stringContaining('[secret]') },
    detail: '[secret]',
    why: 'x'.repeat(500),
  });
  expect(JSON.stringify(told())).not.toContain(secret);
});

it('nothing is done when the history does not take the intent; what is over already is only warned about', async () => {
  const { context, lines, told } = open();
  await context.queues.redis.set(`${context.queues.prefix}:history`, 'no stream');
  const recorder = createRecorder(context, kari);
  let isDone = false;
  const work = async () => {
    isDone = true;
  };
  await expect(recorder.record(act, work)).rejects.toThrow(HistoryUnavailable);
  expect(isDone).toBe(false);
  expect(told()).toEqual([]);
  await recorder.note(act, { outcome: 'done' });
  expect(told()).toHaveLength(1);
  expect(lines()).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'history not written' }));
});

it('without a history what is done is a warning of the log, which a terminal shows', async () => {
  const { context, history, told } = open();
  await createRecorder({ ...context, queues: undefined }, kari).record(act, async () => {});
  expect(await history()).toEqual([]);
  expect(told()).toMatchObject([
    { level: 'warn', entry: { outcome: begun } },
    { level: 'warn', entry: { outcome: 'done' } },
  ]);
});

it('a line of the history is there once, also where its reply was lost with the connection', async () => {
  const { environment } = openQueueFixture(redis());
  const way = await breakAfter(redis().socketPath, 'xadd');
  const { context } = openQueueFixture(redis(), { environment: { ...environment, REDIS_URL: way.url } });
  await context.queues.redis.ping();
  way.arm();
  await createRecorder(context, kari).record({ what: 'pause', on: { vendor: 'pointsharp' } }, async () => {});
  expect(way.broken()).toBe(1);
  const lines = await readHistory(context.queues, 10, 0);
  expect(lines.map((line) => ('outcome' in line ? line.outcome : ''))).toEqual(['done']);
});

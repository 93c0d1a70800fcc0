import { expect, it } from 'vitest';
import {
  appendHistory,
  begun,
  type HistoryEntry,
  type HistoryLine,
  readHistory,
} from '../../../src/queue/records/history.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const dayMs = 24 * 3600 * 1000;
const kept = { count: 1_000, forMs: dayMs };

function entry(why: string, change: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    at: new Date().toISOString(),
    by: 'kari',
    what: 'pause',
    on: { vendor: 'pointsharp' },
    detail: null,
    outcome: 'paused',
    problem: null,
    why,
    from: { kind: 'command', host: 'desk-7' },
    ...change,
  };
}

function whys(lines: readonly HistoryLine[]): (string | null)[] {
  return lines.map((line) => ('unreadable' in line ? 'unreadable' : line.why));
}

function open() {
  const { queues } = openQueueFixture(redis()).context;
  return { queues, key: `${queues.prefix}:history` };
}

it('a line of the history comes back as it was written, the newest first', async () => {
  const { queues } = open();
  expect(await readHistory(queues, 10, 0)).toEqual([]);
  const [first, second] = [entry('first'), entry('second', { by: null, from: { kind: 'queue' } })];
  const ids = [await appendHistory(queues, kept, first), await appendHistory(queues, kept, second)];
  const lines = await readHistory(queues, 10, 0);
  expect(lines).toEqual([
    { id: ids[1], ...second },
    { id: ids[0], ...first },
  ]);
  expect(await readHistory(queues, 1, 0)).toEqual(lines.slice(0, 1));
});

it('the history keeps as many lines as it is told to, and drops the oldest', async () => {
  const { queues } = open();
  for (let index = 0; index < 8; index += 1) {
    await appendHistory(queues, { ...kept, count: 5 }, entry(`line ${index}`));
  }
  expect(whys(await readHistory(queues, 100, 0))).toEqual(['line 7', 'line 6', 'line 5', 'line 4', 'line 3']);
});

it('the history drops what is older than it keeps, shows none of it, and ends with its last line', async () => {
  const { queues, key } = open();
  const now = Date.now();
  const at = (ms: number) => `${ms}-0`;
  await queues.redis.xadd(key, at(now - dayMs - 60_000), 'entry', JSON.stringify(entry('too old')));
  await queues.redis.xadd(key, at(now - dayMs + 60_000), 'entry', JSON.stringify(entry('old')));
  expect(whys(await readHistory(queues, 100, now - dayMs))).toEqual(['old']);
  await appendHistory(queues, kept, entry('new'));
  expect(whys(await readHistory(queues, 100, 0))).toEqual(['new', 'old']);
  expect(await queues.redis.pttl(key)).toBeGreaterThan(dayMs - 60_000);
});

it.each([
  ['no JSON', ['entry', '{']],
  ['another shape', ['entry', '{"by":"kari"}']],
  ['no entry', ['note', 'hello']],
])('a line of the history with %s is shown as unreadable, beside the others', async (_what, fields) => {
  const { queues, key } = open();
  await appendHistory(queues, kept, entry('before'));
  const id = await queues.redis.xadd(key, '*', ...fields);
  await appendHistory(queues, kept, entry('after'));
  const lines = await readHistory(queues, 100, 0);
  expect(whys(lines)).toEqual(['after', 'unreadable', 'before']);
  expect(lines[1]).toEqual({ id, at: new Date(Number(id?.split('-')[0])).toISOString(), unreadable: true });
});

it('the end of what was begun is shown in place of its beginning, over more lines than are read at once', async () => {
  const { queues } = open();
  const id = await appendHistory(queues, kept, entry('long work', { outcome: begun }));
  const lost = await appendHistory(queues, kept, entry('lost work', { outcome: begun }));
  for (let index = 0; index < 600; index += 1) await appendHistory(queues, kept, entry('between'));
  await appendHistory(queues, kept, entry('long work', { outcome: 'done', begun: id }));
  const lines = await readHistory(queues, 1_000, 0);
  expect(lines).toHaveLength(602);
  expect(lines[0]).toMatchObject({ why: 'long work', outcome: 'done' });
  expect(lines.at(-1)).toMatchObject({ id: lost, why: 'lost work', outcome: begun });
});

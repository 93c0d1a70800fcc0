import { expect, it } from 'vitest';
import { finding } from '../../../src/policies/finding.ts';
import { closeFindings, rememberFindings } from '../../../src/queue/records/findings.ts';
import { lastFindings, readFindings } from '../../../src/queue/records/last-findings.ts';
import { readLastRun } from '../../../src/queue/records/last-run.ts';
import { listPauses, pause, pauseOf } from '../../../src/queue/records/pauses.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const spoiled = ['{"note":', '7', '{"since":7}', 'null'];

it('a pause of before it was known who pauses is the pause of nobody', async () => {
  const { queues } = openQueueFixture(redis()).context;
  const kept = { note: null, since: '2026-11-22T02:15:00.000Z' };
  await queues.redis.hset(`${queues.prefix}:pauses`, 'pointsharp', JSON.stringify(kept));
  expect(await listPauses(queues)).toEqual([{ what: 'pointsharp', by: null, ...kept }]);
});

it.each(spoiled)('a pause whose record cannot be read (%s) is a pause all the same', async (text) => {
  const { queues, now } = openQueueFixture(redis()).context;
  await pause(queues, 'audit-pocket', { note: 'holidays', by: 'kari' }, now());
  await queues.redis.hset(`${queues.prefix}:pauses`, 'purge-windows', text);
  const unreadable = { what: 'purge-windows', note: expect.stringContaining('cannot be read') };
  expect(await pauseOf(queues, 'purge-windows')).toMatchObject(unreadable);
  expect(await pauseOf(queues, 'audit-pocket')).toMatchObject({ note: 'holidays' });
  expect(await listPauses(queues)).toHaveLength(2);
});

it.each(spoiled)('a last run whose record cannot be read (%s) is none', async (text) => {
  const { queues } = openQueueFixture(redis()).context;
  await queues.redis.hset(`${queues.prefix}:last:purge-windows`, { last: text, observe: '2026-11-22' });
  expect(await readLastRun(queues, 'purge-windows')).toBeUndefined();
});

it.each(spoiled)(
  'a finding whose record cannot be read (%s) is shown as one, beside the others',
  async (text) => {
    const { queues } = openQueueFixture(redis()).context;
    const run = { id: 'one', name: 'audit-pocket', data: {} };
    const [sound, lost] = ['a', 'b'].map((subject) =>
      finding({ rule: 'rule', severity: 'high', associates: [1], subject, detail: 'detail' }, [subject]),
    );
    if (!sound || !lost) return;
    const closing = { counts: { rule: 2 }, most: 10, keepForMs: 60_000 };
    await rememberFindings(queues, run, [sound, lost], closing.most);
    expect(await closeFindings(queues, run, closing)).toEqual({ isNew: {}, over: 0 });
    const last = `${queues.prefix}:findings:audit-pocket:run`;
    await queues.redis.hset(`${queues.prefix}:findings:audit-pocket:last:high`, lost.fingerprint, text);
    await queues.redis.hset(last, { new: text, counts: text });
    const findings = (await Array.fromAsync(readFindings(queues, 'audit-pocket', {}))).flat();
    expect(findings).toHaveLength(2);
    expect(findings).toContainEqual(sound);
    const { fingerprint } = lost;
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'unreadable', severity: 'high', subject: fingerprint, fingerprint }),
    );
    expect((await lastFindings(queues, 'audit-pocket'))?.rules).toMatchObject([{ rule: 'rule', kept: 2 }]);
    // What cannot be told is left out.
    expect(await closeFindings(queues, run, closing)).toEqual({ isNew: {}, over: 0 });
  },
);

import { expect, it } from 'vitest';
import { finding } from '../../../src/policies/finding.ts';
import { closeFindings, rememberFindings } from '../../../src/queue/records/findings.ts';
import { readFindings } from '../../../src/queue/records/last-findings.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const job = 'audit-pocket';
const found = (subject: string) =>
  finding({ rule: 'rule', severity: 'high', associates: [1], subject, detail: 'detail' }, [subject]);

it('whoever reads findings while an audit ends is not told that they cannot be read', async () => {
  const { context, another } = openQueueFixture(redis());
  const [worker, console_] = [context.queues, another().queues];
  const end = async (id: string, subject: string) => {
    const run = { id, name: job, data: {} };
    await rememberFindings(worker, run, [found(subject)], 200);
    await closeFindings(worker, run, { counts: { rule: 1 }, most: 200, keepForMs: 3_600_000 });
  };
  await end('one', 'a');
  const zrange = console_.redis.zrange.bind(console_.redis) as (...given: unknown[]) => Promise<string[]>;
  let isFirst = true;
  Object.assign(console_.redis, {
    zrange: async (...given: unknown[]) => {
      const places = await zrange(...given);
      if (isFirst) await end('two', 'b');
      isFirst = false;
      return places;
    },
  });
  const read = (await Array.fromAsync(readFindings(console_, job, {}))).flat();
  expect(read.map(({ rule }) => rule)).not.toContain('unreadable');
});

import { expect, it } from 'vitest';
import { finding } from '../../../src/policies/finding.ts';
import { createRecorder, handOnFindings } from '../../../src/queue/batch-worker/record-progress.ts';
import { readProgress } from '../../../src/queue/messages/batch-progress.ts';
import { closeFindings } from '../../../src/queue/records/findings.ts';
import { readFindings } from '../../../src/queue/records/last-findings.ts';
import { newProgress } from '../../../src/runs/batch.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const keepFindings = 10;
const run = { id: 'one', name: 'audit-pocket', data: {} };
const found = (subject: string) =>
  finding({ rule: 'rule', severity: 'low', associates: [1], subject, detail: 'detail' }, [subject]);

/** A batch of three users whose progress is written into `written`. */
function openRecorder(onWrite: () => Promise<void> = async () => {}) {
  const { context, another } = openQueueFixture(redis());
  const { queues } = context;
  const progress = newProgress(3);
  const written: unknown[] = [];
  const queueJob = {
    async updateProgress(record: object) {
      await onWrite();
      written.push(JSON.parse(JSON.stringify(record)));
    },
  };
  const record = createRecorder({ queues, run, queueJob, progress, keepFindings });
  /** A user is counted, and what was found of him with it. */
  function count(index: number): void {
    progress.ledger.pending.delete(index);
    progress.findings.push(found(`user ${index}`));
  }
  async function remembered(): Promise<string[]> {
    await closeFindings(queues, run, { counts: {}, most: keepFindings, keepForMs: 60_000 });
    const findings = (await Array.fromAsync(readFindings(queues, run.name, {}))).flat();
    return findings.map(({ subject }) => subject).sort();
  }
  return { queues, another, progress, written, record, count, remembered };
}

function pendingIn(record: unknown): number {
  return (readProgress(record)?.pending ?? []).reduce((sum, [, count]) => sum + count, 0);
}

it('findings are remembered before their users are written down as done, and handed on once', async () => {
  const { queues, progress, written, record, count, remembered } = openRecorder(async () => {
    expect(await queues.redis.keys(`${queues.prefix}:findings:*`)).toHaveLength(2);
  });
  count(0);
  await record([]);
  expect(pendingIn(written.at(-1))).toBe(2);
  expect(progress.findings).toEqual([]);
  expect(await remembered()).toEqual(['user 0']);
});

it('a finding that is made while Redis is waited for is in the next record, and so is its user', async () => {
  const { written, record, count, progress, remembered } = openRecorder();
  count(0);
  const writing = record([]);
  count(1);
  await writing;
  // Whoever takes the batch over now finds what user 1 has to tell again.
  expect(pendingIn(written.at(-1))).toBe(2);
  expect(progress.findings.map(({ subject }) => subject)).toEqual(['user 1']);
  await record([]);
  expect(pendingIn(written.at(-1))).toBe(1);
  expect(await remembered()).toEqual(['user 0', 'user 1']);
});

it('a batch whose findings could not be remembered still has them, and no user of them is done', async () => {
  const { another, progress, written, record, count, remembered } = openRecorder();
  count(0);
  const { queues: away } = another();
  away.redis.disconnect();
  await expect(handOnFindings({ queues: away, run, progress, keepFindings })).rejects.toThrow(
    'Connection is closed',
  );
  expect(progress.findings).toHaveLength(1);
  expect(written).toEqual([]);
  await record([]);
  expect(await remembered()).toEqual(['user 0']);
});

import { describe, expect, it } from 'vitest';
import { finding, type Severity } from '../../../src/policies/finding.ts';
import { closeFindings, lastFindings, rememberFindings } from '../../../src/queue/records/findings.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const job = 'audit-pocket';
const run = (id: string, users?: string[]) => ({ id, name: job, data: users ? { users } : {} });
const found = (severity: Severity, subject: string) =>
  finding({ rule: 'rule', severity, subject, detail: 'detail' }, [subject]);
const anHour = 3_600_000;

describe('the findings of the last audit', () => {
  it('the findings of the last audit are there once it has ended, the worst first, each once though a batch was repeated', async () => {
    const { queues } = openQueueFixture(redis()).context;
    expect(await lastFindings(queues, job)).toBeUndefined();
    await rememberFindings(queues, run('one'), [found('low', 'a'), found('high', 'b')]);
    await rememberFindings(queues, run('one'), [found('low', 'a')]);
    expect(await lastFindings(queues, job)).toBeUndefined();
    await closeFindings(queues, run('one'), anHour);
    const last = await lastFindings(queues, job);
    expect(last?.run).toBe('one');
    expect(last?.findings.map(({ severity, subject }) => [severity, subject])).toEqual([
      ['high', 'b'],
      ['low', 'a'],
    ]);
  });

  it('the findings of the last audit give way to those of the next audit, also when it finds nothing', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('low', 'a')]);
    await closeFindings(queues, run('one'), anHour);
    await closeFindings(queues, run('two'), anHour);
    expect(await lastFindings(queues, job)).toEqual({ run: 'two', findings: [] });
  });

  it('the findings of the last audit are not touched by an audit of a few users', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('low', 'a')]);
    await closeFindings(queues, run('one'), anHour);
    await rememberFindings(queues, run('two', ['kari']), [found('high', 'b')]);
    await closeFindings(queues, run('two', ['kari']), anHour);
    expect(await lastFindings(queues, job)).toMatchObject({ run: 'one', findings: [{ subject: 'a' }] });
  });

  it('the findings of the last audit tell how many of them are new, and the same again when the end of the run is repeated', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('high', 'a'), found('high', 'b')]);
    expect(await closeFindings(queues, run('one'), anHour)).toEqual({});
    await rememberFindings(queues, run('two'), [found('high', 'b'), found('high', 'c'), found('low', 'd')]);
    const told = { high: 1, medium: 0, low: 1 };
    expect(await closeFindings(queues, run('two'), anHour)).toEqual(told);
    expect(await closeFindings(queues, run('two'), anHour)).toEqual(told);
    const { findings = [] } = (await lastFindings(queues, job)) ?? {};
    expect(findings.map(({ subject }) => subject).sort()).toEqual(['b', 'c', 'd']);
  });

  it('the findings of the last audit do not tell what is new where not all are kept', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await closeFindings(queues, run('one'), anHour);
    const many = Array.from({ length: 300 }, (_, index) => found('low', `device ${index}`));
    await rememberFindings(queues, run('two'), many);
    expect(await closeFindings(queues, run('two'), anHour)).toEqual({ high: 0, medium: 0 });
  });

  it('the findings of the last audit never fill Redis, and are forgotten in time', async () => {
    const { queues } = openQueueFixture(redis()).context;
    const many = Array.from({ length: 5000 }, (_, index) => found('low', `device ${index}`));
    await rememberFindings(queues, run('one'), many);
    await rememberFindings(queues, run('one'), [found('high', 'still there')]);
    await closeFindings(queues, run('one'), anHour);
    const { findings = [] } = (await lastFindings(queues, job)) ?? {};
    expect(findings.length).toBeLessThanOrEqual(201);
    expect(findings[0]?.subject).toBe('still there');
    for (const key of await queues.redis.keys(`${queues.prefix}:findings:*`)) {
      expect(await queues.redis.pttl(key), key).toBeGreaterThan(0);
    }
  });
});

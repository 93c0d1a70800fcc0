import { describe, expect, it } from 'vitest';
import { type Finding, finding, type Severity } from '../../../src/policies/finding.ts';
import { closeFindings, rememberFindings } from '../../../src/queue/records/findings.ts';
import { lastFindings, readFindings } from '../../../src/queue/records/last-findings.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const job = 'audit-pocket';
const run = (id: string, users?: string[]) => ({ id, name: job, data: users ? { users } : {} });
const found = (severity: Severity, subject: string) =>
  finding({ rule: 'rule', severity, associates: [1], subject, detail: 'detail' }, [subject]);
const most = 200;
const closing = { counts: {}, most, keepForMs: 3_600_000 };
type Fixture = ReturnType<typeof openQueueFixture>['context']['queues'];

/** Ends a run, and returns how many of its findings are new. */
async function close(queues: Fixture, ended: ReturnType<typeof run>, counts: Record<string, number> = {}) {
  return (await closeFindings(queues, ended, { ...closing, counts })).isNew;
}

/** Everything that is kept of the last run. */
async function readAll(queues: Fixture, wanted = {}, skip = 0): Promise<Finding[]> {
  return (await Array.fromAsync(readFindings(queues, job, wanted, skip))).flat();
}

describe('the findings of the last audit', () => {
  it('the findings of the last audit are there once it has ended, the worst first, each once though a batch was repeated', async () => {
    const { queues } = openQueueFixture(redis()).context;
    expect(await lastFindings(queues, job)).toBeUndefined();
    await rememberFindings(queues, run('one'), [found('low', 'a'), found('high', 'b')], most);
    await rememberFindings(queues, run('one'), [found('low', 'a')], most);
    expect(await lastFindings(queues, job)).toBeUndefined();
    await close(queues, run('one'));
    const last = await lastFindings(queues, job);
    expect(last?.run).toBe('one');
    const all = await readAll(queues);
    expect(all.map(({ severity, subject }) => [severity, subject])).toEqual([
      ['high', 'b'],
      ['low', 'a'],
    ]);
  });

  it('the findings of the last audit give way to those of the next audit, also when it finds nothing', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('low', 'a')], most);
    await close(queues, run('one'));
    await close(queues, run('two'));
    expect(await lastFindings(queues, job)).toEqual({ job, run: 'two', rules: [] });
    expect(await readAll(queues)).toEqual([]);
  });

  it('the findings of the last audit are not touched by an audit of a few users', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('low', 'a')], most);
    await close(queues, run('one'));
    await rememberFindings(queues, run('two', ['kari']), [found('high', 'b')], most);
    await close(queues, run('two', ['kari']));
    expect(await lastFindings(queues, job)).toMatchObject({ run: 'one' });
    expect(await readAll(queues)).toMatchObject([{ subject: 'a' }]);
  });

  it('the findings of the last audit tell how many of them are new, and the same again when the end of the run is repeated', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(queues, run('one'), [found('high', 'a'), found('high', 'b')], most);
    expect(await close(queues, run('one'))).toEqual({});
    await rememberFindings(
      queues,
      run('two'),
      [found('high', 'b'), found('high', 'c'), found('low', 'd')],
      most,
    );
    const told = { high: 1, medium: 0, low: 1 };
    expect(await close(queues, run('two'))).toEqual(told);
    expect(await close(queues, run('two'))).toEqual(told);
    const findings = await readAll(queues);
    expect(findings.map(({ subject }) => subject).sort()).toEqual(['b', 'c', 'd']);
  });

  it('the findings of the last audit do not tell what is new where not all are kept', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await close(queues, run('one'));
    const many = Array.from({ length: 300 }, (_, index) => found('low', `device ${index}`));
    await rememberFindings(queues, run('two'), many, most);
    expect(await close(queues, run('two'))).toEqual({ high: 0, medium: 0 });
  });

  it('the findings of the last audit have room for each severity by itself, whatever comes with them', async () => {
    const { queues } = openQueueFixture(redis()).context;
    await rememberFindings(
      queues,
      run('one'),
      [found('high', 'a'), found('high', 'b'), found('low', 'c')],
      2,
    );
    const more = [found('high', 'd'), found('medium', 'e'), found('low', 'f'), found('low', 'g')];
    await rememberFindings(queues, run('one'), more, 2);
    await close(queues, run('one'));
    expect((await readAll(queues)).map(({ subject }) => subject).sort()).toEqual(['a', 'b', 'c', 'e', 'f']);
  });

  it('the findings of the last audit never fill Redis, and are forgotten in time', async () => {
    const { queues } = openQueueFixture(redis()).context;
    const many = Array.from({ length: 5000 }, (_, index) => found('low', `device ${index}`));
    await rememberFindings(queues, run('one'), many, most);
    await rememberFindings(queues, run('one'), [found('high', 'still there')], most);
    await close(queues, run('one'));
    const findings = await readAll(queues);
    expect(findings.length).toBeLessThanOrEqual(201);
    expect(findings[0]?.subject).toBe('still there');
    for (const key of await queues.redis.keys(`${queues.prefix}:findings:*`)) {
      expect(await queues.redis.pttl(key), key).toBeGreaterThan(0);
    }
  });

  it('a kept finding takes less than 320 bytes of Redis', async () => {
    const { queues } = openQueueFixture(redis()).context;
    const many = Array.from({ length: 2000 }, (_, index) => {
      const subject = `associate ${200_000 + index}, device 00008110-${index}`;
      const facts = { associates: [200_000 + index], subject, detail: 'app 10.2.10 is below 11.0.0' };
      return finding({ rule: 'outdated-app', severity: 'medium', ...facts }, [index]);
    });
    await rememberFindings(queues, run('one'), many, 10_000);
    await close(queues, run('one'));
    let bytes = 0;
    for (const key of await queues.redis.keys(`${queues.prefix}:findings:*`))
      bytes += Number(await queues.redis.memory('USAGE', key, 'SAMPLES', 0));
    expect(bytes / many.length).toBeLessThan(320);
    expect(bytes / many.length).toBeGreaterThan(100);
    expect(await readAll(queues)).toEqual(many);
  });

  it('the findings of the last audit come by severity, rule and associate, also for one rule and from the middle', async () => {
    const { queues } = openQueueFixture(redis()).context;
    const of = (severity: Severity, rule: string, associate: number) =>
      finding({ rule, severity, associates: [associate], subject: `${associate}`, detail: '' }, [associate]);
    const ordered = [
      ...[9, 20, 1000].map((associate) => of('high', 'shared-device', associate)),
      ...Array.from({ length: 120 }, (_, index) => of('low', 'outdated-app', index + 1)),
      ...[3, 4].map((associate) => of('low', 'outdated-app-too', associate)),
    ];
    await rememberFindings(queues, run('one'), ordered.toReversed(), most);
    await close(queues, run('one'));
    expect(await readAll(queues)).toEqual(ordered);
    expect(await readAll(queues, { rule: 'outdated-app' })).toEqual(ordered.slice(3, 123));
    expect(await readAll(queues, { severity: 'high' })).toEqual(ordered.slice(0, 3));
    expect(await readAll(queues, { associates: new Set([9, 4]) })).toEqual(
      ordered.filter(({ associates }) => [9, 4].includes(associates[0] ?? 0)),
    );
    for (const skip of [1, 3, 100, 123, 500]) {
      expect(await readAll(queues, {}, skip), `${skip}`).toEqual(ordered.slice(skip));
      expect(await readAll(queues, { rule: 'outdated-app' }, skip), `${skip}`).toEqual(
        ordered.slice(3, 123).slice(skip),
      );
    }
  });

  it('the findings of the last audit over the limit are counted, by rule, and said', async () => {
    const { queues } = openQueueFixture(redis()).context;
    const of = (severity: Severity, rule: string, associate: number) =>
      finding({ rule, severity, associates: [associate], subject: 'a', detail: '' }, [associate]);
    const many = [1, 2, 3, 4, 5].map((associate) => of('low', 'outdated-app', associate));
    await rememberFindings(queues, run('one'), [...many, of('high', 'shared-device', 7)], 3);
    const counts = { 'outdated-app': 5, 'shared-device': 1, 'test-build': 2 };
    const closed = await closeFindings(queues, run('one'), { ...closing, most: 3, counts });
    expect(closed.over).toBe(4);
    expect(await lastFindings(queues, job)).toEqual({
      job,
      run: 'one',
      rules: [
        { rule: 'shared-device', severity: 'high', found: 1, kept: 1 },
        { rule: 'test-build', severity: 'medium', found: 2, kept: 0 },
        { rule: 'outdated-app', severity: 'low', found: 5, kept: 3 },
      ],
    });
  });
});

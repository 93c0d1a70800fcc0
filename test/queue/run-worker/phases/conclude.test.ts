import { expect, it } from 'vitest';
import { auditPocket } from '../../../../src/jobs/audit-pocket.ts';
import { type Finding, finding } from '../../../../src/policies/finding.ts';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { findingsKeys } from '../../../../src/queue/records/findings-keys.ts';
import { conclude } from '../../../../src/queue/run-worker/phases/conclude.ts';
import { addRun } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();

it.each([0, 1, 200, 201, 450])(
  'all of %i findings across users are counted, logged and kept',
  async (count) => {
    const { context, lines } = openQueueFixture(redis());
    async function* findings(): AsyncGenerator<Finding> {
      for (let number = 0; number < count; number += 1) {
        const facts = { rule: 'shared-device', severity: 'high', associates: [number] } as const;
        yield finding({ ...facts, subject: `device ${number}`, detail: 'shared' }, [number]);
      }
    }
    const { queues, log } = context;
    const id = newRunId(auditPocket.name, context.now());
    await addRun(queues.runs, auditPocket.name, {}, { trigger: 'command' }, id);
    const run = await queues.runs.getJob(id);
    if (!run) throw new Error('the run was not added');
    const maintenance = { ...auditPocket, conclude: findings };
    const under = { context, maintenance, run, log, token: undefined, signal: undefined };
    const concluded = await conclude(under, {});
    expect(concluded.findings).toEqual(count === 0 ? {} : { 'shared-device': count });
    const keys = findingsKeys(queues.prefix, run.name, id, 'high');
    expect(await queues.redis.hlen(keys.found)).toBe(count);
    expect(await queues.redis.zcard(keys.order)).toBe(count);
    expect(lines().filter(({ msg }) => msg === 'finding')).toHaveLength(count);
  },
);

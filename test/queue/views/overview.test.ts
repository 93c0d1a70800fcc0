import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { openQueues } from '../../../src/queue/queues.ts';
import { overview } from '../../../src/queue/views/overview.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 20 });
});
afterAll(() => endToEnd.close());

it('how a job fares follows from its last run over the whole roster, and not from one over a few users', async () => {
  const now = DateTime.utc();
  const config = loadConfig(endToEnd.environment, jobs, now);
  const queues = openQueues(config);
  try {
    const ofRefresh = async () => {
      const found = await overview(queues, config, DateTime.utc());
      return { ...found, job: found.jobs.find(({ job }) => job === 'refresh-timed-devices') };
    };
    const words = ['run', 'refresh-timed-devices', '--json'];
    const whole = (await endToEnd.run(words)).json<{ run: { id: string } }>();
    const user = endToEnd.simulators.people.username(0);
    expect((await endToEnd.run([...words, '--user', user])).code).toBe(0);
    const { job, lastDay } = await ofRefresh();
    expect(job?.last?.run.id).toBe(whole.run.id);
    expect(job?.lastSuccess?.run.id).toBe(whole.run.id);
    expect(lastDay).toHaveLength(2);
    const next = (await endToEnd.run(words)).json<{ run: { id: string } }>();
    expect((await ofRefresh()).job?.last?.run.id).toBe(next.run.id);
  } finally {
    await queues.close();
  }
});

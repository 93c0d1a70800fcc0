import type { WorkerContext } from '../../src/queue/context.ts';
import { setSchedule } from '../../src/queue/schedules/schedules.ts';

const yearMs = 365 * 24 * 3_600_000;

/** Brings the next tick of a job forward to now. Returns its id. */
export async function tickNow({ queues: { runs }, now }: WorkerContext, job: string): Promise<string> {
  const queued = async () => (await runs.getDelayed()).find(({ repeatJobKey }) => repeatJobKey === job);
  if (!(await queued())) {
    const yearly = { job, schedule: { everyMs: yearMs }, timeZone: 'UTC' };
    await setSchedule(runs, yearly, now(), now().toMillis() + yearMs);
  }
  const tick = await queued();
  if (!tick?.id) throw new Error(`${job} has no tick`);
  await tick.promote();
  return tick.id;
}

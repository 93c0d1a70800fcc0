import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { scheduleText } from '../../config/schedule/schedule.ts';
import { jobNames } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import type { Queues } from '../queues.ts';
import { listPauses, type Pause } from '../records/pauses.ts';
import { recentRuns } from '../run-worker/find-report.ts';
import { foundSchedules } from '../schedules/schedules.ts';

/** How many runs back a last success is looked for. */
const lookedThrough = 200;

/** How one job fares. */
export interface JobState {
  readonly job: string;
  readonly enabled: boolean;
  readonly schedule: string;
  readonly timeZone: string;
  /** The next tick, epoch milliseconds; undefined when no schedule is there. */
  readonly next: number | undefined;
  /** How late the next tick is, in milliseconds; 0 when it is on time. */
  readonly lagMs: number;
  /** The run under way or held, if there is one. */
  readonly open: Report | undefined;
  /** The last run that has ended; what was skipped is none. */
  readonly last: Report | undefined;
  readonly lastSuccess: Report | undefined;
  readonly pause: Pause | undefined;
}

/** How every job fares, from the schedules, the kept runs and the pauses. */
export async function jobStates(queues: Queues, config: Config, now: DateTime): Promise<JobState[]> {
  const [found, reports, pauses] = await Promise.all([
    foundSchedules(queues.runs),
    recentRuns(queues.runs, lookedThrough),
    listPauses(queues),
  ]);
  return jobNames.flatMap((job) => {
    const settings = config.jobs[job];
    if (!settings) return [];
    const next = found.find((one) => one.job === job)?.next;
    const own = reports.filter(({ run }) => run.job === job && run.status !== 'skipped');
    const ended = own.filter(({ run }) => run.status !== 'running' && run.status !== 'held');
    return {
      job,
      enabled: settings.enabled,
      schedule: scheduleText(settings.schedule),
      timeZone: settings.timeZone,
      next,
      lagMs: next === undefined ? 0 : Math.max(0, now.toMillis() - next),
      open: own.find(({ run }) => run.status === 'running' || run.status === 'held'),
      last: ended[0],
      lastSuccess: ended.find(({ run }) => run.status === 'completed'),
      pause: pauses.find(({ what }) => what === job),
    };
  });
}

import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { scheduleText } from '../../config/schedule/schedule.ts';
import { jobNames } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import type { Queues } from '../queues.ts';
import { listPauses, type Pause } from '../records/pauses.ts';
import { foundSchedules } from '../schedules/schedules.ts';

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
  /** The last run over the whole roster that has ended; what was skipped is none. */
  readonly last: Report | undefined;
  /** What was skipped, where nothing of the job has been there since. */
  readonly skipped: Report | undefined;
  readonly lastSuccess: Report | undefined;
  readonly pause: Pause | undefined;
}

/** What the state of the jobs is made of, beside Redis. */
interface JobFacts {
  readonly config: Pick<Config, 'jobs'>;
  readonly now: DateTime;
  /** The newest first. */
  readonly reports: readonly Report[];
  /** The ids of those that were over named users only: they say nothing of the others. */
  readonly named: ReadonlySet<string>;
}

/** How every job fares, from the schedules, these runs and the pauses. */
export async function jobStates(
  queues: Queues,
  { config, now, reports, named }: JobFacts,
): Promise<JobState[]> {
  const [found, pauses] = await Promise.all([foundSchedules(queues.runs), listPauses(queues)]);
  return jobNames.flatMap((job) => {
    const settings = config.jobs[job];
    if (!settings) return [];
    const next = found.find((one) => one.job === job)?.next;
    const all = reports.filter(({ run }) => run.job === job);
    const own = all.filter(({ run }) => run.status !== 'skipped');
    const ended = own.filter(
      ({ run }) => run.status !== 'running' && run.status !== 'held' && !named.has(run.id),
    );
    const newest = all.find(({ run }) => !named.has(run.id));
    return {
      job,
      enabled: settings.enabled,
      schedule: scheduleText(settings.schedule),
      timeZone: settings.timeZone,
      next,
      lagMs: next === undefined ? 0 : Math.max(0, now.toMillis() - next),
      open: own.find(({ run }) => run.status === 'running' || run.status === 'held'),
      last: ended[0],
      skipped: newest?.run.status === 'skipped' ? newest : undefined,
      lastSuccess: ended.find(({ run }) => run.status === 'completed'),
      pause: pauses.find(({ what }) => what === job),
    };
  });
}

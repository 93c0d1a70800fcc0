import { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { scheduleText } from '../../config/schedule/schedule.ts';
import { problemLine } from '../../config/settings/problem.ts';
import { jobNames } from '../../jobs/index.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import { checkMargins } from '../../queue/schedules/check-margins.ts';
import { faultTexts, type ScheduleState, scheduleStates } from '../../queue/schedules/schedule-state.ts';
import { foundSchedules, isSame, wantedSchedules } from '../../queue/schedules/schedules.ts';
import { adviceSentence, type Line, linesOf } from './check.ts';
import type { ConfigurationLook } from './configuration.ts';
import { queueLines } from './queue.ts';

const { ok, warn, fail, notChecked } = linesOf('schedules');

/** A tick that is later than this has no worker to take it. */
const lateMs = 60_000;

/** Compares the configured schedules with those in Redis, and looks for what prevents runs. Changes nothing. */
export async function checkSchedules(
  config: Config,
  { wrong, shown }: Pick<ConfigurationLook, 'wrong' | 'shown'>,
  now: DateTime,
): Promise<readonly Line[]> {
  const queues = openQueues(config);
  try {
    const parts = await Promise.all([
      wrong.length > 0 ? [notChecked('all', 'the variables come first')] : scheduleLines(queues, config, now),
      marginLines(queues, config, shown, now),
      queueLines(queues, config.timeZone),
    ]);
    return parts.flat();
  } finally {
    await queues.close();
  }
}

async function scheduleLines({ runs }: Queues, config: Config, now: DateTime): Promise<Line[]> {
  const wanted = wantedSchedules(config);
  const found = await foundSchedules(runs);
  const states = await scheduleStates(runs, wanted, found, { now });
  const strange = found.filter(({ job }) => !wanted.some((one) => one.job === job));
  return [
    ...states.map((state) => stateLine(state, now)),
    ...strange.map(({ job }) =>
      jobNames.includes(job)
        ? warn(
            job,
            'is in Redis, but not in the configuration',
            'Start a worker with this configuration, which removes it.',
          )
        : warn(
            job,
            'is in Redis, but no such job exists: another program or version left it',
            'Give each program that shares Redis its own CARETAKER_PREFIX. Otherwise a worker removes this schedule when it starts.',
          ),
    ),
  ];
}

function stateLine({ wanted, found, fault, queued, dueMs }: ScheduleState, now: DateTime): Line {
  const text = `${scheduleText(wanted.schedule)} ${wanted.timeZone}`;
  if (!found) {
    return warn(wanted.job, `${text}: not in Redis`, 'Start a worker, which adds it, or use CronJobs.');
  }
  if (!isSame(wanted, found)) {
    return warn(
      wanted.job,
      `configured is ${text}, but Redis has ${found.raw.pattern ?? `every ${found.raw.every} ms`} ${found.raw.tz ?? 'UTC'}`,
      'Restart the workers with this configuration. Two deployments need a CARETAKER_PREFIX each.',
    );
  }
  const timeOf = (ms: number) => timeText(DateTime.fromMillis(ms, { zone: wanted.timeZone }));
  if (fault !== undefined) {
    const until = fault === 'tick-too-far' && queued !== undefined ? ` (${timeOf(queued)})` : '';
    return warn(
      wanted.job,
      `${text}: ${faultTexts[fault]}${until}; it should tick at ${timeOf(dueMs)}`,
      'Start a worker, or wait a minute for one that runs: it sets the schedule anew. If it comes back, look at the clocks of all machines.',
    );
  }
  if (queued !== undefined && now.toMillis() - queued > lateMs) {
    return warn(wanted.job, `${text}: no worker has taken the tick of ${timeOf(queued)}`, 'Start a worker.');
  }
  return ok(wanted.job, `${text}, next ${timeOf(queued ?? dueMs)}`);
}

function timeText(time: DateTime): string {
  return time.toISO({ suppressMilliseconds: true }) ?? '';
}

async function marginLines(
  queues: Queues,
  config: Config,
  shown: readonly string[],
  now: DateTime,
): Promise<Line[]> {
  const all = await checkMargins(queues, config, now);
  const problems = all.filter((problem) => !shown.includes(problemLine(problem)));
  if (all.length > problems.length && problems.length === 0) {
    return [notChecked('margin', 'the configuration alone shows that it is too small')];
  }
  if (problems.length > 0) {
    return problems.map(({ job, problem, advice = 'set MARGIN or the schedule' }) =>
      (config.mode === 'enforce' ? fail : warn)('margin', `${job}: ${problem}`, adviceSentence(advice)),
    );
  }
  const gaps = wantedSchedules(config).map(
    ({ job, schedule, timeZone }) =>
      `${job} ${Math.round(longestGapMs(schedule, timeZone, now) / 3_600_000)} h`,
  );
  return [ok('margin', `covers the longest gaps (${gaps.join(', ')}) and the duration of recent runs`)];
}

import { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { nextTimes, scheduleText } from '../../config/schedule/schedule.ts';
import { problemLine } from '../../config/settings/problem.ts';
import { jobNames } from '../../jobs/index.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import { listPauses } from '../../queue/records/pauses.ts';
import { recentRuns } from '../../queue/run-worker/history.ts';
import { checkMargins } from '../../queue/schedules/check-margins.ts';
import {
  foundSchedules,
  isSame,
  type WantedSchedule,
  wantedSchedules,
} from '../../queue/schedules/schedules.ts';
import { type Line, linesOf } from './check.ts';

const { ok, warn, fail, notChecked } = linesOf('schedules');
const queue = linesOf('queue');

/** A tick that is later than this waits for something. */
const lateMs = 60_000;
const runsLookedAt = 50;

/**
 * Compares the schedules that are wanted with those in Redis, and looks for what keeps runs from running. Changes nothing.
 * `told` are the problems that the configuration has shown already.
 */
export async function checkSchedules(
  config: Config,
  wrong: readonly string[],
  told: readonly string[],
  now: DateTime,
): Promise<readonly Line[]> {
  const queues = openQueues(config, () => {});
  try {
    const parts = await Promise.all([
      wrong.length > 0 ? [notChecked('all', 'the variables come first')] : scheduleLines(queues, config, now),
      marginLines(queues, config, told, now),
      workerLines(queues),
      pauseLines(queues),
      heldLines(queues),
    ]);
    return parts.flat();
  } finally {
    await queues.close();
  }
}

async function scheduleLines({ runs }: Queues, config: Config, now: DateTime): Promise<Line[]> {
  const wanted = wantedSchedules(config);
  const found = await foundSchedules(runs);
  const strange = found.filter(({ job }) => !wanted.some((one) => one.job === job));
  return [
    ...wanted.map((one) =>
      wantedLine(
        one,
        found.find(({ job }) => job === one.job),
        now,
      ),
    ),
    ...strange.map(({ job }) =>
      jobNames.includes(job)
        ? warn(
            job,
            'is in Redis and not wanted',
            'a worker with this configuration removes it when it starts',
          )
        : warn(
            job,
            'is in Redis, and there is no such job: another program or version left it',
            'give programs that share Redis a CARETAKER_PREFIX of their own; else a worker removes it when it starts',
          ),
    ),
  ];
}

function wantedLine(
  wanted: WantedSchedule,
  found: Awaited<ReturnType<typeof foundSchedules>>[number] | undefined,
  now: DateTime,
): Line {
  const text = `${scheduleText(wanted.schedule)} ${wanted.timeZone}`;
  if (!found) {
    return warn(wanted.job, `${text}: not in Redis`, 'start a worker, which sets it; or use CronJobs');
  }
  if (!isSame(wanted, found)) {
    return warn(
      wanted.job,
      `${text} is wanted, Redis has ${found.raw.pattern ?? `every ${found.raw.every} ms`} ${found.raw.tz ?? 'UTC'}`,
      'start the workers anew with this configuration; two deployments need a CARETAKER_PREFIX each',
    );
  }
  const next =
    found.next === undefined ? undefined : DateTime.fromMillis(found.next, { zone: wanted.timeZone });
  if (next && now.toMillis() - next.toMillis() > lateMs) {
    return warn(wanted.job, `${text}: the tick of ${tell(next)} has not been taken`, 'start a worker');
  }
  const after = next ?? nextTimes(wanted.schedule, wanted.timeZone, now, 1)[0];
  return ok(wanted.job, `${text}, next ${after ? tell(after) : 'never'}`);
}

function tell(time: DateTime): string {
  return time.toISO({ suppressMilliseconds: true }) ?? '';
}

async function marginLines(
  { runs }: Queues,
  config: Config,
  told: readonly string[],
  now: DateTime,
): Promise<Line[]> {
  const all = await checkMargins(runs, config, now);
  const problems = all.filter((problem) => !told.includes(problemLine(problem)));
  if (all.length > problems.length && problems.length === 0) {
    return [notChecked('margin', 'the configuration alone shows that it is too small')];
  }
  if (problems.length > 0) {
    return problems.map(({ job, problem, advice = 'set MARGIN or the schedule' }) =>
      (config.mode === 'enforce' ? fail : warn)('margin', `${job}: ${problem}`, advice),
    );
  }
  const gaps = wantedSchedules(config).map(
    ({ job, schedule, timeZone }) =>
      `${job} ${Math.round(longestGapMs(schedule, timeZone, now) / 3_600_000)} h`,
  );
  return [ok('margin', `covers the longest gaps (${gaps.join(', ')}) and the usual runs`)];
}

async function workerLines({ runs }: Queues): Promise<Line[]> {
  try {
    const count = await runs.getWorkersCount();
    if (count > 0) return [queue.ok('workers', `${count} alive`)];
    return [
      queue.warn('workers', 'none is alive', 'start one: caretaker worker; fine before the first deployment'),
    ];
  } catch {
    return [notChecked('workers', 'this Redis does not tell who is connected')];
  }
}

async function pauseLines(queues: Queues): Promise<Line[]> {
  const pauses = await listPauses(queues);
  if (pauses.length === 0) return [queue.ok('pauses', 'nothing is paused')];
  return pauses.map(({ what, since, note }) =>
    queue.warn(
      'pauses',
      `${what} is paused since ${since}${note ? ` (${note})` : ''}`,
      `caretaker resume ${what}`,
    ),
  );
}

async function heldLines({ runs }: Queues): Promise<Line[]> {
  const held = (await recentRuns(runs, runsLookedAt)).filter(({ run }) => run.status === 'held');
  if (held.length === 0) return [queue.ok('held runs', 'none')];
  return held.map(({ run }) =>
    queue.warn(
      'held runs',
      `${run.id} is held: ${run.reason ?? 'a person has to look'}`,
      `caretaker runs ${run.id}, then caretaker approve or reject ${run.id}`,
    ),
  );
}

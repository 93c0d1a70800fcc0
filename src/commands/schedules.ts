import { DateTime } from 'luxon';
import type { Config } from '../config/config.ts';
import { nextTimes, scheduleText } from '../config/schedule/schedule.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import type { Queues } from '../queue/queues.ts';
import { listPauses } from '../queue/records/pauses.ts';
import { foundSchedules, isSame, wantedSchedules } from '../queue/schedules/schedules.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printTable } from './terminal/output.ts';
import { printPause } from './terminal/print-pause.ts';

/** One schedule, configured or found in Redis. */
interface ScheduleRow {
  readonly job: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly state: 'in place' | 'differs' | 'missing' | 'not wanted';
  /** The next times by the configuration. */
  readonly next: readonly string[];
  /** When Redis ticks next. */
  readonly nextTick: string | null;
}

/** How many future times are shown. */
const timesShown = 3;

/** `caretaker schedules`: wanted and found schedules with their next times. */
export async function listSchedules(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<number> {
  const config = readConfig(context);
  return withQueues(
    context,
    async (queues) => {
      const schedules = await compareSchedules(config, queues, context.now());
      const pauses = await listPauses(queues);
      if (options.json) {
        printJson(context, { schedules, pauses });
        return exitCodes.completed;
      }
      printTable(
        context,
        ['job', 'schedule', 'time zone', 'state', 'next times'],
        schedules.map((row) => [row.job, row.schedule, row.timeZone, row.state, row.next]),
      );
      for (const pause of pauses) printPause(context, pause);
      return exitCodes.completed;
    },
    config,
  );
}

async function compareSchedules(config: Config, { runs }: Queues, now: DateTime): Promise<ScheduleRow[]> {
  const wanted = wantedSchedules(config);
  const found = await foundSchedules(runs);
  return [
    ...wanted.map((one): ScheduleRow => {
      const { job, schedule, timeZone } = one;
      const there = found.find((other) => other.job === job);
      return {
        job,
        schedule: scheduleText(schedule),
        timeZone,
        state: !there ? 'missing' : isSame(one, there) ? 'in place' : 'differs',
        next: nextTimes(schedule, timeZone, now, timesShown).map(
          (time) => time.toISO({ suppressMilliseconds: true }) ?? '',
        ),
        nextTick: isoOf(there?.next, timeZone),
      };
    }),
    ...found
      .filter(({ job }) => !wanted.some((one) => one.job === job))
      .map(
        ({ job, raw, next }): ScheduleRow => ({
          job,
          schedule: raw.pattern ?? `every ${raw.every} ms`,
          timeZone: raw.tz ?? 'UTC',
          state: 'not wanted',
          next: [],
          nextTick: isoOf(next, raw.tz ?? 'UTC'),
        }),
      ),
  ];
}

function isoOf(epochMs: number | undefined, zone: string): string | null {
  return epochMs === undefined ? null : DateTime.fromMillis(epochMs, { zone }).toISO();
}

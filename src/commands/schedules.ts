import { DateTime } from 'luxon';
import type { Config } from '../config/config.ts';
import { nextTimes, scheduleText } from '../config/schedule/schedule.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { shortMinuteIn } from '../domain/shown-time.ts';
import type { Queues } from '../queue/queues.ts';
import { listPauses } from '../queue/records/pauses.ts';
import { queuedTick, type ScheduleState, scheduleStates } from '../queue/schedules/schedule-state.ts';
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
  /** `no tick` and `too far`: it is there as wanted, but a worker has to set it anew. */
  readonly state: 'in place' | 'no tick' | 'too far' | 'differs' | 'missing' | 'not wanted';
  /** The next times by the configuration. */
  readonly next: readonly string[];
  /** The next tick that is really queued in Redis. */
  readonly nextTick: string | null;
}

/** How many future times are shown. */
const timesShown = 3;

/** `caretaker schedules`: wanted and found schedules with their next times. */
export async function listSchedules(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<number> {
  const config = readConfig(context, []);
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
        ['job', 'schedule', 'state', 'queued', 'next times'],
        schedules.map((row) => rowOf(row, context.now())),
      );
      for (const pause of pauses) printPause(context, config, pause);
      return exitCodes.completed;
    },
    config,
  );
}

/** The zone stands below its schedule: beside it, the table would not fit a terminal of 80 columns. */
function rowOf({ job, schedule, timeZone, state, nextTick, next }: ScheduleRow, now: DateTime) {
  const shown = (time: string) => shortMinuteIn(timeZone, time, now);
  return [job, [schedule, timeZone], state, nextTick === null ? 'nothing' : shown(nextTick), next.map(shown)];
}

async function compareSchedules(config: Config, { runs }: Queues, now: DateTime): Promise<ScheduleRow[]> {
  const wanted = wantedSchedules(config);
  const found = await foundSchedules(runs);
  const states = await scheduleStates(runs, wanted, found, { now });
  const strange = found.filter(({ job }) => !wanted.some((one) => one.job === job));
  return [
    ...states.map((state): ScheduleRow => {
      const { job, schedule, timeZone } = state.wanted;
      return {
        job,
        schedule: scheduleText(schedule),
        timeZone,
        state: nameOf(state),
        next: nextTimes(schedule, timeZone, now, timesShown).flatMap((time) => isoOf(time) ?? []),
        nextTick: tickText(state.queued, timeZone),
      };
    }),
    ...(await Promise.all(
      strange.map(async (one): Promise<ScheduleRow> => {
        const { job, raw } = one;
        const timeZone = raw.tz ?? 'UTC';
        return {
          job,
          schedule: raw.pattern ?? `every ${raw.every} ms`,
          timeZone,
          state: 'not wanted',
          next: [],
          nextTick: tickText((await queuedTick(runs, one)).at, timeZone),
        };
      }),
    )),
  ];
}

function nameOf({ wanted, found, fault }: ScheduleState): ScheduleRow['state'] {
  if (!found) return 'missing';
  if (!isSame(wanted, found)) return 'differs';
  if (fault === undefined) return 'in place';
  return fault === 'tick-too-far' ? 'too far' : 'no tick';
}

function tickText(epochMs: number | undefined, zone: string): string | null {
  return epochMs === undefined ? null : isoOf(DateTime.fromMillis(epochMs, { zone }));
}

function isoOf(time: DateTime): string | null {
  return time.toISO({ suppressMilliseconds: true });
}

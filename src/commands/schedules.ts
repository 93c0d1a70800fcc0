import { DateTime } from 'luxon';
import { nextTimes, scheduleText } from '../config/schedule/schedule.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { listPauses } from '../queue/records/pauses.ts';
import { foundSchedules, isSame, wantedSchedules } from '../queue/schedules/schedules.ts';
import type { CommandContext } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';

/** How many future times are shown. */
const timesShown = 3;

/** `caretaker schedules`: wanted and found schedules with their next times. */
export async function listSchedules(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<number> {
  const config = readConfig(context);
  const queues = await openQueuesNow(config, startLog(context, config, 'errors'));
  try {
    const wanted = wantedSchedules(config);
    const found = await foundSchedules(queues.runs);
    const rows = [
      ...wanted.map((one) => {
        const there = found.find(({ job }) => job === one.job);
        const state = !there ? 'missing' : isSame(one, there) ? 'in place' : 'differs';
        const next = nextTimes(one.schedule, one.timeZone, context.now(), timesShown);
        return {
          job: one.job,
          schedule: scheduleText(one.schedule),
          timeZone: one.timeZone,
          state,
          next: next.map((time) => time.toISO({ suppressMilliseconds: true }) ?? ''),
          nextTick:
            there?.next === undefined
              ? null
              : DateTime.fromMillis(there.next, { zone: one.timeZone }).toISO(),
        };
      }),
      ...found
        .filter(({ job }) => !wanted.some((one) => one.job === job))
        .map(({ job, raw, next }) => ({
          job,
          schedule: raw.pattern ?? `every ${raw.every} ms`,
          timeZone: raw.tz ?? 'UTC',
          state: 'not wanted',
          next: [],
          nextTick: next === undefined ? null : DateTime.fromMillis(next, { zone: raw.tz ?? 'UTC' }).toISO(),
        })),
    ];
    const pauses = await listPauses(queues);
    if (options.json) printJson(context, { schedules: rows, pauses });
    else {
      const head = ['job', 'schedule', 'time zone', 'state', 'next times'];
      printTable(
        context,
        head,
        rows.map((row) => [row.job, row.schedule, row.timeZone, row.state, row.next]),
      );
      for (const { what, since, note } of pauses) {
        printLine(context, `paused: ${what} since ${since}${note ? ` (${note})` : ''}`);
      }
    }
    return exitCodes.completed;
  } finally {
    await queues.close();
  }
}

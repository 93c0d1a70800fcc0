import type { DateTime } from 'luxon';
import { exitCodes } from '../domain/exit-codes.ts';
import { shortMinuteIn } from '../domain/shown-time.ts';
import { describeAct, describeFrom, describeOn } from '../queue/records/describe-history.ts';
import { type HistoryLine, readHistory } from '../queue/records/history.ts';
import { runTitle } from '../queue/views/find-run-id.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';

/** Below who did it stands from where, and below on whom why and what went wrong: so it fits a terminal of 80 columns. */
const columns = ['at', 'by', 'what', 'on, why', 'outcome'];
/** How much of a problem or of a reason fits into the table, in characters. */
const longestText = 80;

/** `caretaker history`: what people did, the newest first. */
export async function showHistory(
  context: CommandContext,
  options: { readonly json?: boolean; readonly limit: number },
): Promise<number> {
  const config = readConfig(context, []);
  return withQueues(
    context,
    async (queues) => {
      const oldest = context.now().minus(config.keepHistoryFor).toMillis();
      const lines = await readHistory(queues, options.limit, oldest);
      if (options.json) printJson(context, lines);
      else {
        const rows = lines.map((line) => rowOf(line, context.now().setZone(config.timeZone)));
        printTable(context, columns, rows, 'nothing yet');
        if (rows.length > 0) printLine(context, `times in ${config.timeZone}`);
      }
      return exitCodes.completed;
    },
    config,
  );
}

function rowOf(line: HistoryLine, now: DateTime): (string | string[])[] {
  const at = shortMinuteIn(now.zoneName ?? 'UTC', line.at, now);
  if ('unreadable' in line) return [at, '', 'unreadable', '', ''];
  const { by, on, why, from, outcome, problem } = line;
  const whom = describeOn(on.run === undefined ? on : { ...on, run: runTitle(on.run) });
  const reasons = [why, problem].flatMap((text) => (text ? [text.slice(0, longestText)] : []));
  return [at, [by ?? '', describeFrom(from)], describeAct(line), [whom, ...reasons], outcome];
}

import { exitCodes } from '../domain/exit-codes.ts';
import { minuteIn } from '../domain/shown-time.ts';
import { describeAct, describeFrom, describeOn, describeOutcome } from '../queue/records/describe-history.ts';
import { type HistoryLine, readHistory } from '../queue/records/history.ts';
import { runTitle } from '../queue/views/find-run-id.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';

const columns = ['at', 'by', 'what', 'on', 'outcome', 'why', 'from'];
/** How much of a problem or of a reason fits into the table, in characters. */
const longestText = 80;

/** `caretaker history`: what people did, the newest first. */
export async function showHistory(
  context: CommandContext,
  options: { readonly json?: boolean; readonly count: number },
): Promise<number> {
  const config = readConfig(context, []);
  return withQueues(
    context,
    async (queues) => {
      const oldest = context.now().minus(config.keepHistoryFor).toMillis();
      const lines = await readHistory(queues, options.count, oldest);
      if (options.json) printJson(context, lines);
      else {
        const rows = lines.map((line) => rowOf(line, config.timeZone));
        printTable(context, columns, rows, 'nothing yet');
        if (rows.length > 0) printLine(context, `times in ${config.timeZone}`);
      }
      return exitCodes.completed;
    },
    config,
  );
}

function rowOf(line: HistoryLine, timeZone: string): string[] {
  if ('unreadable' in line) return [minuteIn(timeZone, line.at), '', 'unreadable', '', '', '', ''];
  const { at, by, on, why, from } = line;
  return [
    minuteIn(timeZone, at),
    by ?? '',
    describeAct(line),
    describeOn(on.run === undefined ? on : { ...on, run: runTitle(on.run) }),
    describeOutcome(line).slice(0, longestText),
    (why ?? '').slice(0, longestText),
    describeFrom(from),
  ];
}

import type { Config } from '../../config/config.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import { length, plural } from '../../domain/quantities.ts';
import { allColumns, columns } from '../../roster/columns.ts';
import { encodingDoubt, formatText, type Understood } from '../../roster/formats/understood.ts';
import type { JoinCounts } from '../../roster/joining/counts.ts';
import { openRoster, type Roster } from '../../roster/roster.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredRoster, readConfig } from '../setup/config.ts';
import { warnOfPauses } from '../setup/pauses.ts';
import { printJson, printLine, printTable, style } from '../terminal/output.ts';
import { printJoin } from '../terminal/print-join.ts';
import { compareWithLastTime, type LastTime } from './last-time.ts';
import { printGroups, printLastTime, printSources } from './print-sources.ts';
import { type Found, type Review, reviewRoster } from './review.ts';

/** Everything that is shown of a roster. */
interface Checked {
  readonly name: string;
  readonly understood: Understood | undefined;
  /** When it was last written, in milliseconds since 1970; undefined where nobody knows. */
  readonly writtenAtMs: number | undefined;
  readonly join: JoinCounts | undefined;
  readonly review: Review;
  /** Undefined of a file that is named: it is another one than that of the runs. */
  readonly lastTime: LastTime | undefined;
  readonly timeZone: string;
}

/**
 * `caretaker roster check [file]`: how a roster is understood, and what is in it. A file that is named needs no
 * configuration. Ends with 1 where a row is rejected or there is no user, as a run would.
 *
 * @throws RosterError when it cannot be read, ConfigError, UsageError when no roster is set
 */
export async function checkRoster(
  context: CommandContext,
  file: string | undefined,
  options: { readonly json?: boolean },
): Promise<number> {
  const config = file === undefined ? readConfig(context, []) : undefined;
  if (config) await warnOfPauses(context, config, ['roster']);
  const roster = await open(context, config, file);
  try {
    const understood = await roster.understand?.();
    const review = await reviewRoster(roster, context.now());
    const checked: Checked = {
      name: roster.name,
      understood,
      review,
      writtenAtMs: await roster.writtenAtMs?.(),
      lastTime: config && (await compareWithLastTime(context, config, roster, review.rows)),
      join: roster.join,
      timeZone: config?.timeZone ?? 'UTC',
    };
    if (options.json) printJson(context, toJson(context, checked));
    else print(context, checked);
    const { rejected, users } = checked.review;
    return rejected.count > 0 || users === 0 ? exitCodes.failures : exitCodes.completed;
  } finally {
    await roster.close();
  }
}

function open(context: CommandContext, config: Config | undefined, file = '-'): Promise<Roster> {
  return config ? openConfiguredRoster(context, config) : openRoster(file, context.input);
}

function toJson(
  { now }: CommandContext,
  { name, understood, writtenAtMs, join, review, lastTime }: Checked,
): unknown {
  return {
    roster: name,
    ...understood,
    warning: understood && encodingDoubt(understood),
    ...(writtenAtMs === undefined
      ? {}
      : {
          writtenAt: new Date(writtenAtMs).toISOString(),
          ageSeconds: Math.round(ageMs(now, writtenAtMs) / 1000),
        }),
    join,
    ...review,
    groups: Object.fromEntries(review.groups),
    lastTime,
  };
}

function ageMs(now: CommandContext['now'], writtenAtMs: number): number {
  return Math.max(0, now().toMillis() - writtenAtMs);
}

function print(
  context: CommandContext,
  { name, understood, writtenAtMs, join, review, lastTime, timeZone }: Checked,
): void {
  const format = understood ? `: ${formatText(understood)}` : '';
  printLine(context, style(context, 'bold', `roster ${name}`) + format);
  if (writtenAtMs !== undefined) printLine(context, `written ${length(ageMs(context.now, writtenAtMs))} ago`);
  const doubt = understood && encodingDoubt(understood);
  if (doubt !== undefined) {
    warn(context, doubt);
    printLine(context, '      → Compare the names below, and save the roster as UTF-8.');
  }
  if (understood?.columns) printColumns(context, understood);
  printLine(context);
  printTable(
    context,
    ['LINE', ...columns],
    review.first.map((row) => [String(row.line), ...columns.map((column) => String(row[column] ?? '-'))]),
    'no user',
  );
  printLine(context);
  printCounts(context, review);
  if (join) printJoin(context, join);
  printSources(context, review.sources);
  printGroups(context, review);
  if (lastTime) printLastTime(context, lastTime, timeZone);
}

function printColumns(
  context: CommandContext,
  { columns: titles = {}, otherColumns = [] }: Understood,
): void {
  printLine(context);
  printTable(
    context,
    ['COLUMN', 'IN THE ROSTER'],
    allColumns
      .filter((column) => titles[column] !== undefined || columns.some((usual) => usual === column))
      .map((column) => [column, titles[column] ?? '-']),
  );
  if (otherColumns.length > 0) printLine(context, `not read: ${otherColumns.join(', ')}`);
}

function printCounts(context: CommandContext, review: Review): void {
  const { rows, users, rejected, duplicates, withStorage, withAssociate, departed } = review;
  const left = departed > 0 ? `, ${departed} who ${departed === 1 ? 'has' : 'have'} left` : '';
  const twice = duplicates > 0 ? ` (duplicates: ${duplicates})` : '';
  printLine(context, `${plural(rows, 'row')}: ${plural(users, 'user')}, ${rejected.count} rejected${twice}`);
  printLine(
    context,
    `${users - withStorage} without userStorageName, ${users - withAssociate} without associateId${left}`,
  );
  printFound(context, 'rejected', review.rejected, ({ reason }) => reason);
  const alike = 'look-alikes, which differ only in case or in what nobody sees';
  printFound(context, alike, review.lookAlikes, ({ looksLike }) => `like line ${looksLike}`);
  printFound(context, 'names to look at', review.oddNames, ({ reason }) => reason);
  printFound(context, 'associates that cannot be used', review.badAssociates, ({ reason }) => reason);
}

function printFound<Line extends { readonly line: number }>(
  context: CommandContext,
  what: string,
  { count, lines }: Found<Line>,
  text: (line: Line) => string,
): void {
  if (count === 0) return;
  printLine(context);
  warn(context, `${what}: ${count}`);
  for (const line of lines) printLine(context, `      line ${line.line}: ${text(line)}`);
  if (count > lines.length) printLine(context, `      and ${count - lines.length} more`);
}

function warn(context: CommandContext, text: string): void {
  printLine(context, `${style(context, 'yellow', 'warn')}  ${text}`);
}

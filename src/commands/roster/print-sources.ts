import { plural } from '../../domain/quantities.ts';
import type { CommandContext } from '../context.ts';
import { printLine, printTable } from '../terminal/output.ts';
import { comparedText, type LastTime } from './last-time.ts';
import type { Review } from './review.ts';
import type { SourceCounts } from './source-counts.ts';

/** So many groups are shown, those with the most users. */
const groupsShown = 20;

/** What each source gave, where there are several. */
export function printSources(context: CommandContext, sources: readonly SourceCounts[]): void {
  if (sources.length < 2) return;
  printLine(context);
  printTable(
    context,
    ['SOURCE', 'ROWS', 'USERS', 'REJECTED', 'DUPLICATES', 'LOOK-ALIKES', 'LEFT', 'IN GROUPS'],
    sources.map(({ name, ...counts }) => [name, ...Object.values(counts).map(String)]),
  );
}

/** Which groups there are, the largest first. */
export function printGroups(context: CommandContext, { groups, withGroups }: Review): void {
  if (groups.size === 0) return;
  const largest = [...groups].sort(([, one], [, other]) => other - one).slice(0, groupsShown);
  printLine(context);
  printTable(
    context,
    ['GROUP', 'USERS'],
    largest.map(([name, users]) => [name, String(users)]),
  );
  const more = groups.size > groupsShown ? `, and ${plural(groups.size - groupsShown, 'more group')}` : '';
  printLine(context, `${plural(withGroups, 'user')} in groups${more}`);
}

/** What has changed since the last completed run. */
export function printLastTime(context: CommandContext, lastTime: LastTime, timeZone: string): void {
  printLine(context);
  if ('unknown' in lastTime) {
    printLine(context, `since last time: not known, because Redis was not asked: ${lastTime.unknown}`);
    return;
  }
  for (const source of lastTime.sources) {
    const name = lastTime.sources.length > 1 ? `, ${source.name}` : '';
    printLine(context, `since last time${name}: ${comparedText(source, timeZone)}`);
  }
}

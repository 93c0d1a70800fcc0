import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import { type HabitKind, habitKinds } from '../../simulators/pointsharp/habits.ts';
import { eventsOf } from './facts.ts';
import type { Lapse } from './lapse.ts';
import { countWeeks, sum, totalWeeks } from './weeks.ts';

/** What a kind of person is called. */
export const kindTitles: Readonly<Record<HabitKind, string>> = {
  daily: 'daily user',
  weekly: 'weekly user',
  holiday: '3-week holiday',
  leaver: 'leaver',
  replaced: 'phone replaced',
};

/** A Markdown table that can be read as it is; the first column is text, the others are numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** What happened per week and kind of person, `without → with`. */
export function weekTable(kind: VendorEvent['kind'], without: Lapse, withCaretaker: Lapse): string {
  const before = countWeeks(without, kind);
  const after = countWeeks(withCaretaker, kind);
  const columns = [
    ...habitKinds.map((who) => [before[who], after[who]] as const),
    [totalWeeks(before), totalWeeks(after)] as const,
  ];
  const cells = (pick: (counts: readonly number[]) => number) =>
    columns.map(([one, other]) => `${pick(one)} → ${pick(other)}`);
  const weeks = totalWeeks(before).map((_, week) => [
    String(week + 1),
    ...cells((counts) => counts[week] ?? 0),
  ]);
  return markdownTable(
    ['week', ...habitKinds.map((who) => kindTitles[who]), 'all'],
    [...weeks, ['all', ...cells(sum)]],
  );
}

/** Totals by kind of person for several lapses of the same world, `notifications / time-outs`. */
export function totalTable(lapses: readonly (readonly [title: string, lapse: Lapse])[]): string {
  const rows = habitKinds.map((who) => [
    kindTitles[who],
    String(lapses[0]?.[1].habits.filter(({ kind }) => kind === who).length ?? 0),
    ...lapses.map(([, lapse]) => totals(lapse, who)),
  ]);
  const all = [
    'all',
    String(lapses[0]?.[1].habits.length ?? 0),
    ...lapses.map(([, lapse]) => totals(lapse, ...habitKinds)),
  ];
  return markdownTable(['who', 'people', ...lapses.map(([title]) => title)], [...rows, all]);
}

function totals(lapse: Lapse, ...who: HabitKind[]): string {
  return `${eventsOf(lapse, 'notification', ...who).length} / ${eventsOf(lapse, 'timeout', ...who).length}`;
}

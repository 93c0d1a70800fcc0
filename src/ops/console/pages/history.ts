import type { DateTime } from 'luxon';
import {
  describeAct,
  describeFrom,
  describeOn,
  describeOutcome,
} from '../../../queue/records/describe-history.ts';
import type { HistoryEntry, HistoryLine } from '../../../queue/records/history.ts';
import { html, type Markup } from './markup.ts';
import { table } from './table.ts';
import { moment } from './text.ts';

/** Who did what, to whom and why, the newest first. */
export function historyPage(lines: readonly HistoryLine[], now: DateTime): Markup {
  return html`<h1>History</h1>
<p class="lead">What people did: writes by hand, runs on demand, decisions, pauses and sign-ins.</p>
${
  lines.length === 0
    ? html`<p class="quiet">Nobody has done anything yet.</p>`
    : table({
        name: 'History',
        columns: ['At', 'By', 'What', 'On', 'Outcome', 'Why', 'From'],
        rowName: 2,
        rows: lines.map((line) =>
          'unreadable' in line ? unreadableCells(line.at, now) : entryCells(line, now),
        ),
      })
}`;
}

function unreadableCells(at: string, now: DateTime): (Markup | string)[] {
  return [moment(at, now), '', html`<span class="quiet">This line cannot be read.</span>`, '', '', '', ''];
}

function entryCells(entry: HistoryEntry, now: DateTime): (Markup | string)[] {
  const on = describeOn(entry.on);
  const { run } = entry.on;
  return [
    moment(entry.at, now),
    entry.by ?? '–',
    describeAct(entry),
    run === undefined ? on : html`<a href="/runs/${encodeURIComponent(run)}">${on}</a>`,
    describeOutcome(entry),
    entry.why ?? '',
    describeFrom(entry.from),
  ];
}

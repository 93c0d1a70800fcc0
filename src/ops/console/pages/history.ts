import type { DateTime } from 'luxon';
import {
  describeAct,
  describeFrom,
  describeOn,
  describeOutcome,
} from '../../../queue/records/describe-history.ts';
import type { HistoryEntry, HistoryLine } from '../../../queue/records/history.ts';
import { html, type Markup } from './markup.ts';
import { moment } from './text.ts';

/** Who did what, to whom and why, the newest first. */
export function historyPage(lines: readonly HistoryLine[], now: DateTime): Markup {
  return html`<h1>History</h1>
<p class="lead">What people did: writes by hand, runs on demand, decisions, pauses and sign-ins.</p>
${
  lines.length === 0
    ? html`<p class="quiet">Nobody has done anything yet.</p>`
    : html`<div class="wide" role="region" aria-label="History" tabindex="0"><table><thead><tr><th scope="col">At</th><th scope="col">By</th><th scope="col">What</th><th scope="col">On</th><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">From</th></tr></thead>
<tbody>${lines.map((line) => ('unreadable' in line ? unreadableRow(line.at, now) : entryRow(line, now)))}</tbody></table></div>`
}`;
}

function unreadableRow(at: string, now: DateTime): Markup {
  return html`<tr><td>${moment(at, now)}</td><td colspan="6"><span class="quiet">This line cannot be read.</span></td></tr>`;
}

function entryRow(entry: HistoryEntry, now: DateTime): Markup {
  const on = describeOn(entry.on);
  const { run } = entry.on;
  return html`<tr><td>${moment(entry.at, now)}</td><td>${entry.by ?? '–'}</td><th scope="row">${describeAct(entry)}</th>
<td>${run === undefined ? on : html`<a href="/runs/${encodeURIComponent(run)}">${on}</a>`}</td><td>${describeOutcome(entry)}</td><td>${entry.why ?? ''}</td><td>${describeFrom(entry.from)}</td></tr>`;
}

import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import type { HeldPlan } from '../../../queue/views/held-plan.ts';
import type { RunProgress } from '../../../queue/views/run-progress.ts';
import type { JoinCounts } from '../../../roster/joining/counts.ts';
import type { Hold, Report } from '../../../runs/report.ts';
import { heldSection } from './held.ts';
import { html, type Markup } from './markup.ts';
import { durationMs } from './runs.ts';
import { label, moment } from './text.ts';

interface RunPageFacts {
  readonly report: Report;
  readonly progress: RunProgress | undefined;
  readonly plan: HeldPlan | undefined;
  readonly token: string;
  readonly now: DateTime;
}

/** One run, whole. */
export function runPage({ report, progress, plan, token, now }: RunPageFacts): Markup {
  const { run, reason, hold, users, actions, kept, findings, requests, failures, roster } = report;
  const took = durationMs(report);
  return html`<p class="quiet"><a href="/runs?job=${encodeURIComponent(run.job)}">${run.job}</a></p>
<h1>${run.id} ${label(run.status)}</h1>
${run.reason && !plan ? html`<p class="lead">${run.reason}</p>` : ''}
${progress && run.status === 'running' ? progressBar(progress) : ''}
${plan ? heldSection(run.id, plan, token, now) : ''}
<div class="columns">
<section aria-labelledby="run"><h2 id="run">The run</h2><dl>
<dt>Mode</dt><dd>${run.mode}</dd>
<dt>Triggered by</dt><dd>${run.trigger}${run.requestedBy ? ` (${run.requestedBy})` : ''}</dd>
${reason ? html`<dt>Requested because</dt><dd>${reason}</dd>` : ''}
${hold && !plan ? html`<dt>Held</dt><dd>${hold.reason}</dd><dt>Decision</dt><dd>${decisionText(hold, now)}</dd>` : ''}
<dt>Started</dt><dd>${moment(run.startedAt, now)}</dd>
<dt>Finished</dt><dd>${moment(run.finishedAt, now)}</dd>
<dt>Duration</dt><dd>${took > 0 ? length(took) : '–'}</dd>
${report.unit === null ? '' : html`<dt>Unit</dt><dd>${report.unit}</dd>`}
<dt>Roster</dt><dd>${counted(roster.rows, 'row')}, ${number(roster.rejected)} rejected</dd>
${report.join ? html`<dt>Joined by ${report.join.rule}</dt><dd>${joinText(report.join)}</dd>` : ''}
</dl></section>
<section aria-labelledby="users"><h2 id="users">Users</h2>${facts([
    ['selected', users.selected],
    ['inspected', users.inspected],
    ['failed', users.failed],
    ['not reached', users.notReached],
    ['not asked: nothing can be due yet', users.notAsked],
  ])}</section>
<section aria-labelledby="actions"><h2 id="actions">Actions</h2>${facts([
    ['planned', actions.planned],
    ['applied', actions.applied],
    ['skipped', actions.skipped],
    ['failed', actions.failed],
    ['not reached', actions.notReached],
  ])}</section>
<section aria-labelledby="counts"><h2 id="counts">Other counts</h2>${facts([
    ['users unreadable in part', report.unreadable],
    ['late', report.late],
    ['at risk', report.atRisk],
    ['ineffective', report.ineffective],
    ['repeated writes', report.repeated],
    ['batch attempts', report.attempts],
    ...Object.entries(requests).map(([vendor, count]) => [`requests to ${vendor}`, count] as const),
  ])}</section>
${named('kept', 'Kept, by reason', kept)}
${named('findings', 'Findings', findings, html`<p><a href="/findings">See the findings of the last audit</a></p>`)}
</div>
${failures.length === 0 ? '' : failureTable(report)}`;
}

function joinText(join: JoinCounts): string {
  const ambiguous = join.ambiguousUsers.count;
  const ends = ambiguous > 0 ? `, ${number(ambiguous)} ambiguous` : '';
  return `${counted(join.matched, 'user')} matched, ${number(join.onlyUsers.count)} without an associate, ${number(join.onlyAssociates.count)} only in SuperOffice${ends}`;
}

function decisionText({ decision }: Hold, now: DateTime): Markup {
  if (!decision) return html`<span class="quiet">nobody approved or rejected it</span>`;
  const { what, by, at, note } = decision;
  return html`${what === 'approve' ? 'approved' : 'rejected'}${by ? html` by <strong>${by}</strong>` : ''} ${moment(at, now)}${note ? html`<p>${note}</p>` : ''}`;
}

function progressBar({ phase, done, total }: RunProgress): Markup {
  return html`<p><label for="progress">${phase}: ${number(done)} of ${counted(total, 'batch', 'batches')}</label>
<progress id="progress" value="${done}" max="${Math.max(total, 1)}"></progress></p>`;
}

function facts(rows: readonly (readonly [string, number])[]): Markup {
  return html`<dl class="numbers">${rows.map(
    ([name, value]) => html`<dt>${name}</dt><dd class="${value === 0 ? 'quiet' : ''}">${number(value)}</dd>`,
  )}</dl>`;
}

function named(
  id: string,
  title: string,
  counts: Readonly<Record<string, number>>,
  more: Markup | string = '',
): Markup | string {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (rows.length === 0) return '';
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${facts(rows)}${more}</section>`;
}

function failureTable({ failures, users, actions, unreadable, roster }: Report): Markup {
  const all = users.failed + actions.failed + unreadable + roster.rejected;
  return html`<section aria-labelledby="failures"><h2 id="failures">Failures</h2>
${all > failures.length ? html`<p class="quiet">The first ${number(failures.length)} of ${number(all)}; the log has all.</p>` : ''}
<div class="wide" role="region" aria-labelledby="failures" tabindex="0"><table><thead><tr><th scope="col">User</th><th scope="col">Subject</th><th scope="col">Reason</th></tr></thead>
<tbody>${failures.map(
    ({ user, subject, reason }) =>
      html`<tr><th scope="row">${user}</th><td>${subject ?? '–'}</td><td>${reason}</td></tr>`,
  )}</tbody></table></div></section>`;
}

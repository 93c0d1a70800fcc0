import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import type { HeldPlan } from '../../../queue/views/held-plan.ts';
import type { RunProgress } from '../../../queue/views/run-progress.ts';
import type { JoinCounts } from '../../../roster/joining/counts.ts';
import type { ActionRow } from '../../../runs/plan-rows.ts';
import { type Hold, outcomeOf, type Report } from '../../../runs/report.ts';
import { heldSection } from './held.ts';
import { html, type Markup } from './markup.ts';
import { durationMs } from './runs.ts';
import { table } from './table.ts';
import { label, moment } from './text.ts';

interface RunPageFacts {
  readonly report: Report;
  readonly progress: RunProgress | undefined;
  readonly plan: HeldPlan | undefined;
  /** Of a held run that plans by what the vendor says; or the plan was read too often in the last minute. */
  readonly soonest: readonly ActionRow[] | 'too often';
  /** Whether it has a page of its plan. */
  readonly hasPlan: boolean;
  /** How many workers there are; undefined where Redis does not tell. */
  readonly workers: number | undefined;
  readonly token: string;
  readonly now: DateTime;
}

/** One run, whole. */
export function runPage(shown: RunPageFacts): Markup {
  const { report, progress, plan, soonest, hasPlan, token, now } = shown;
  const { run, reason, hold, users, actions, kept, findings, requests, failures, roster } = report;
  const took = durationMs(report);
  return html`<p class="quiet"><a href="/runs?job=${encodeURIComponent(run.job)}">${run.job}</a></p>
<h1>${run.id} ${label(outcomeOf(report))}</h1>
${run.reason && !plan ? html`<p class="lead">${run.reason}</p>` : ''}
${underWay(shown)}
${progress && run.status === 'running' ? progressBar(progress) : ''}
${plan ? heldSection({ run: run.id, plan, soonest, token, now }) : ''}
<div class="columns">
<section aria-labelledby="run"><h2 id="run">The run</h2><dl>
<dt>Mode</dt><dd>${run.mode}</dd>
<dt>Asked for by</dt><dd>${run.trigger}${run.requestedBy ? ` (${run.requestedBy})` : ''}</dd>
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
    [run.mode === 'observe' ? 'not applied (observe)' : 'not reached', actions.notReached],
  ])}${hasPlan && !plan ? html`<p><a href="/runs/${encodeURIComponent(run.id)}/plan">${run.mode === 'enforce' ? 'See who was late' : 'See to whom, why and by when'}</a></p>` : ''}</section>
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

/** Why a run does not go on, and how to end it. */
function underWay({ report: { run }, workers }: RunPageFacts): Markup | string {
  if (run.status !== 'running') return '';
  const waits =
    run.startedAt !== null
      ? ''
      : workers === 0
        ? html`<p class="notice warn">The run waits, and no worker is up to take it. Start one: caretaker worker.</p>`
        : html`<p class="quiet">The run waits for a worker to take it.</p>`;
  return html`${waits}<p><a class="button danger" href="/runs/${encodeURIComponent(run.id)}/stop">Stop this run</a></p>`;
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
${table({
  name: 'The failures',
  columns: ['User', 'Subject', 'Reason'],
  rows: failures.map(({ user, subject, reason }) => [user, subject ?? '–', reason]),
})}</section>`;
}

import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import type { Pause } from '../../../queue/records/pauses.ts';
import { isLate } from '../../../queue/views/attention/missed-runs.ts';
import { namesLate } from '../../../queue/views/attention/people.ts';
import type { JobState } from '../../../queue/views/job-states.ts';
import { outcomeOf, type Report } from '../../../runs/report.ts';
import { html, type Markup } from './markup.ts';
import { label, moment, momentAt } from './text.ts';

/** How one job fares: what it did last, what it does now, when it comes next. */
export function jobCard(state: JobState, now: DateTime, token: string): Markup {
  const { job, enabled, schedule, timeZone, next, lagMs, open, last, lastSuccess, pause } = state;
  const late = isLate(state);
  const report = open ?? last;
  return html`<article class="card">
<h3>${job} ${report ? label(outcomeOf(report)) : ''}${pause ? label('paused') : ''}${late ? label('late') : ''}${enabled ? '' : label('disabled')}</h3>
<dl>
${pause ? pauseRow(pause, now) : ''}
${open ? html`<dt>Current run</dt><dd>${runLink(open, open.run.startedAt, now)}</dd>` : ''}
<dt>Last run</dt><dd>${last ? runLink(last, last.run.finishedAt, now) : html`<span class="quiet">none yet</span>`}</dd>
${last ? html`<dt>Result</dt><dd>${open ? label(outcomeOf(last)) : ''} ${resultOf(last)}</dd>` : ''}
${last && lastSuccess !== last ? html`<dt>Last success</dt><dd>${lastSuccess ? moment(lastSuccess.run.finishedAt, now) : html`<span class="quiet">none in the recent runs</span>`}</dd>` : ''}
${report ? html`<dt>People</dt><dd>${peopleOf(report)}</dd>` : ''}
<dt>Next run</dt><dd>${enabled ? momentAt(timeZone, next, now) : html`<span class="quiet">–</span>`}${late ? html`<p><strong>${length(lagMs)} late</strong>: no worker has taken it</p>` : ''}<p class="quiet">${schedule}, ${timeZone}</p></dd>
</dl>
${enabled && !pause && !open ? runForm(job, token) : ''}
<p class="more"><a href="/pauses/${encodeURIComponent(job)}">${pause ? `Resume ${job}` : `Pause ${job}`}</a>${open && open.run.status !== 'held' ? html` <a href="/runs/${encodeURIComponent(open.run.id)}/stop">Stop its run</a>` : ''}</p>
</article>`;
}

/** Who paused something, when and why. */
export function pauseRow({ since, by, note }: Pause, now: DateTime): Markup {
  return html`<dt>Paused</dt><dd>${moment(since, now)}${by ? html` by <strong>${by}</strong>` : ''}${note ? html`<p>${note}</p>` : ''}</dd>`;
}

/** What a run did; what it only observed is no failure to apply it. */
function resultOf({ run, users, actions, findings }: Report): Markup {
  const found = Object.values(findings).reduce((sum, count) => sum + count, 0);
  const failures = users.failed + actions.failed;
  const work =
    run.mode === 'observe'
      ? `${counted(actions.planned, 'action')} planned, not applied (observe)`
      : `${number(actions.applied)} of ${counted(actions.planned, 'action')} applied`;
  return html`${counted(users.selected, 'user')}, ${found > 0 ? counted(found, 'finding') : work}${failures > 0 ? html`, <strong>${number(failures)} failed</strong>` : ''}`;
}

function peopleOf({ run, late, atRisk }: Report): Markup {
  if (late + atRisk === 0) return html`<span class="quiet">nobody late, nothing at risk</span>`;
  const path = `/runs/${encodeURIComponent(run.id)}`;
  const lateLink = html`<a href="${namesLate(run) ? `${path}/plan?only=late` : path}"><strong>${number(late)} late</strong></a>`;
  return html`${late > 0 ? lateLink : 'nobody late'}, ${atRisk > 0 ? html`<strong>${counted(atRisk, 'device')} at risk</strong>` : 'nothing at risk'}`;
}

function runLink({ run }: Report, at: string | null, now: DateTime): Markup {
  return html`<a href="/runs/${encodeURIComponent(run.id)}">${at === null ? run.id : moment(at, now)}</a>`;
}

function runForm(job: string, token: string): Markup {
  return html`<form method="post" action="/jobs/${encodeURIComponent(job)}/runs"><input type="hidden" name="token" value="${token}">
<button>Run now in observe</button></form>`;
}

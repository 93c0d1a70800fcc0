import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import type { Pause } from '../../../queue/records/pauses.ts';
import type { JobState } from '../../../queue/views/job-states.ts';
import type { VendorState } from '../../../queue/views/vendor-states.ts';
import type { Report } from '../../../runs/report.ts';
import { html, type Markup } from './markup.ts';
import { label, moment } from './text.ts';

/** A worker that is up takes a tick sooner than this. */
const lateAfterMs = 60_000;

interface StateFacts {
  readonly mode: string;
  readonly jobs: readonly JobState[];
  readonly vendors: readonly VendorState[];
  readonly now: DateTime;
  /** The token of the form that starts a run of a job. */
  readonly token: (job: string) => string;
}

/** The first page: the state of each job and each vendor. */
export function statePage({ mode, jobs, vendors, now, token }: StateFacts): Markup {
  const held = jobs.filter(({ open }) => open?.run.status === 'held').map(({ open }) => open as Report);
  return html`<h1>State</h1>
<p class="lead">Scheduled runs use the mode <strong>${mode}</strong>${
    mode === 'observe'
      ? ': they read and report, and write nothing.'
      : ': they write what their limits allow.'
  }</p>
${held.map((report) => heldNotice(report))}
<section aria-labelledby="jobs"><h2 id="jobs">Jobs</h2><div class="cards">${jobs.map((job) => jobCard(job, now, token))}</div></section>
<section aria-labelledby="vendors"><h2 id="vendors">Vendors</h2><div class="cards">${vendors.map((vendor) => vendorCard(vendor, now))}</div></section>`;
}

function heldNotice({ run, actions }: Report): Markup {
  return html`<aside class="notice warn"><h2>A run of ${run.job} is held</h2>
<p>${run.reason}</p>
<p><a class="button" href="/runs/${encodeURIComponent(run.id)}">Review its plan of ${counted(actions.planned, 'action')}</a></p></aside>`;
}

function jobCard(state: JobState, now: DateTime, token: (job: string) => string): Markup {
  const { job, enabled, schedule, timeZone, next, lagMs, open, last, lastSuccess, pause } = state;
  const late = enabled && lagMs > lateAfterMs;
  const status = open?.run.status ?? last?.run.status;
  return html`<article class="card">
<h3>${job} ${status ? label(status) : ''}${pause ? label('paused') : ''}${late ? label('late') : ''}${enabled ? '' : label('disabled')}</h3>
<dl>
${pause ? pauseRow(pause, now) : ''}
${open ? html`<dt>Current run</dt><dd>${runLink(open, open.run.startedAt, now)}</dd>` : ''}
<dt>Last run</dt><dd>${last ? runLink(last, last.run.finishedAt, now) : html`<span class="quiet">none yet</span>`}</dd>
${last ? html`<dt>Result</dt><dd>${numbers(last)}</dd>` : ''}
<dt>Last success</dt><dd>${lastSuccess ? moment(lastSuccess.run.finishedAt, now) : html`<span class="quiet">none in the recent runs</span>`}</dd>
<dt>At risk</dt><dd>${last && last.atRisk > 0 ? html`<strong>${counted(last.atRisk, 'device')}</strong>` : html`<span class="quiet">none</span>`}</dd>
<dt>Next tick</dt><dd>${enabled ? moment(next, now) : html`<span class="quiet">–</span>`}${late ? html`<p><strong>${length(lagMs)} late</strong>: no worker has taken it</p>` : ''}<p class="quiet">${schedule}, ${timeZone}</p></dd>
</dl>
${enabled && !pause && !open ? runForm(job, token(job)) : ''}
</article>`;
}

function pauseRow({ since, by, note }: Pause, now: DateTime): Markup {
  return html`<dt>Paused</dt><dd>${moment(since, now)}${by ? html` by <strong>${by}</strong>` : ''}${note ? html`<p>${note}</p>` : ''}</dd>`;
}

function runLink({ run }: Report, at: string | null, now: DateTime): Markup {
  return html`<a href="/runs/${encodeURIComponent(run.id)}">${at === null ? run.id : moment(at, now)}</a>`;
}

function numbers({ run, users, actions, findings }: Report): Markup {
  const found = Object.values(findings).reduce((sum, count) => sum + count, 0);
  const failures = users.failed + actions.failed;
  return html`${counted(users.selected, 'user')}, ${
    found > 0
      ? counted(found, 'finding')
      : `${number(actions.applied)} of ${counted(actions.planned, 'action')} applied`
  } <span class="quiet">in ${run.mode}</span>${failures > 0 ? html`, <strong>${number(failures)} failed</strong>` : ''}`;
}

function runForm(job: string, token: string): Markup {
  return html`<form method="post" action="/jobs/${encodeURIComponent(job)}/runs"><input type="hidden" name="token" value="${token}">
<button>Run now in observe</button></form>`;
}

function vendorCard(state: VendorState, now: DateTime): Markup {
  const { vendor, requestsPerSecond, requestsInFlight, active, waiting, heldForMs, troubleSince, pause } =
    state;
  return html`<article class="card">
<h3>${vendor} ${pause ? label('paused') : ''}${heldForMs > 0 ? label('held') : ''}</h3>
<dl>
${pause ? pauseRow(pause, now) : ''}
${heldForMs > 0 ? html`<dt>Held</dt><dd>for another ${length(heldForMs)}, because its requests fail</dd>` : ''}
${troubleSince ? html`<dt>Failing since</dt><dd>${moment(troubleSince, now)}</dd>` : ''}
<dt>Budget</dt><dd>${requestsPerSecond > 0 ? `${number(requestsPerSecond)} requests per second` : 'no limit per second'}, ${number(requestsInFlight)} in flight</dd>
<dt>Batches</dt><dd>${number(active)} active, ${number(waiting)} waiting</dd>
</dl>
</article>`;
}

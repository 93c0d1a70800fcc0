import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import { severities } from '../../../policies/finding.ts';
import type { AliveWorker } from '../../../queue/alive-workers.ts';
import type { Attention } from '../../../queue/views/attention/attention.ts';
import type { Verdict } from '../../../queue/views/attention/verdict.ts';
import type { Overview } from '../../../queue/views/overview.ts';
import type { RosterState } from '../../../queue/views/roster-state.ts';
import type { VendorState } from '../../../queue/views/vendor-states.ts';
import { jobCard, pauseRow } from './job-card.ts';
import { html, type Markup } from './markup.ts';
import { table } from './table.ts';
import { label, moment } from './text.ts';

interface StateFacts {
  readonly mode: string;
  readonly seen: Overview;
  readonly attention: readonly Attention[];
  readonly verdict: Verdict;
  readonly now: DateTime;
  /** The token of the form that starts a run of a job. */
  readonly token: (job: string) => string;
}

/** The first page: how the last 24 hours were, what needs a person, and how everything is. */
export function statePage({ mode, seen, attention, verdict, now, token }: StateFacts): Markup {
  const { jobs, vendors, workers, roster } = seen;
  return html`<h1>State</h1>
<p class="verdict ${verdict.tone}">${verdict.text}</p>
<section aria-labelledby="needs"><h2 id="needs">Needs a person</h2>${
    attention.length === 0
      ? html`<p class="quiet">Nothing.</p>`
      : html`<ul class="needs">${attention.map((one) => attentionItem(one, now))}</ul>`
  }</section>
<section aria-labelledby="jobs"><h2 id="jobs">Jobs</h2>
<p class="quiet">Scheduled runs use the mode ${mode}${mode === 'observe' ? ': they read and report, and write nothing.' : ': they write what their limits allow.'}</p>
<div class="cards">${jobs.map((job) => jobCard(job, now, token(job.job)))}</div></section>
<section aria-labelledby="vendors"><h2 id="vendors">Vendors</h2><div class="cards">${vendors.map((vendor) => vendorCard(vendor, now))}</div></section>
<section aria-labelledby="findings"><h2 id="findings">New findings</h2>${newFindingsText(seen.newFindings)}</section>
<section aria-labelledby="roster"><h2 id="roster">Roster</h2>${rosterFacts(roster)}</section>
<section aria-labelledby="workers"><h2 id="workers">Workers</h2>${workerTable(workers)}</section>`;
}

function attentionItem(one: Attention, now: DateTime): Markup {
  const { urgency, title, text, until } = one;
  const [href, words] = wayTo(one);
  const link = href === undefined ? '' : html`<a href="${href}">${words}</a>`;
  return html`<li>${label(urgency)} <strong>${title}</strong> <span>${text}</span>${until ? html` <span>It waits until ${moment(until, now)}</span>` : ''} ${link}</li>`;
}

function wayTo({ run, title, hasLatePlan, findings }: Attention): readonly [string?, string?] {
  if (findings) return [`/findings?severity=${findings}`, 'See the findings'];
  if (run === undefined) return [];
  const path = `/runs/${encodeURIComponent(run)}`;
  if (hasLatePlan) return [`${path}/plan?only=late`, 'See who'];
  return [path, title === 'held run' ? 'Review its plan' : 'See the run'];
}

/** Of the last audit: how many findings the one before it did not have. */
function newFindingsText(isNew: Overview['newFindings']): Markup {
  const counts = severities.flatMap((severity) => {
    const count = isNew[severity] ?? 0;
    return count === 0
      ? []
      : [html`<a href="/findings?severity=${severity}">${number(count)} ${severity}</a> `];
  });
  return counts.length === 0
    ? html`<p class="quiet">None that the audit before did not have. <a href="/findings">See all</a></p>`
    : html`<p>${counts}</p>`;
}

function vendorCard(state: VendorState, now: DateTime): Markup {
  const { vendor, requestsPerSecond, requestsInFlight, active, waiting, heldForMs, troubleSince, pause } =
    state;
  const { lastAsked } = state;
  return html`<article class="card">
<h3>${vendor} ${pause ? label('paused') : ''}${heldForMs > 0 ? label('held') : ''}</h3>
<dl>
${pause ? pauseRow(pause, now) : ''}
${heldForMs > 0 ? html`<dt>Held</dt><dd>for another ${length(heldForMs)}, because its requests fail</dd>` : ''}
${troubleSince ? html`<dt>Failing since</dt><dd>${moment(troubleSince, now)}</dd>` : ''}
<dt>Last asked</dt><dd>${
    lastAsked
      ? html`<a href="/runs/${encodeURIComponent(lastAsked.run)}">${moment(lastAsked.at, now)}</a> ${lastAsked.answered ? 'and it answered' : html`<strong>and it did not answer</strong>`}`
      : html`<span class="quiet">in no run that is kept</span>`
  }</dd>
<dt>Budget</dt><dd>${requestsPerSecond > 0 ? `${number(requestsPerSecond)} requests per second` : 'no limit per second'}, ${number(requestsInFlight)} in flight</dd>
<dt>Batches</dt><dd>${number(active)} active, ${number(waiting)} waiting</dd>
</dl>
<p class="more"><a href="/pauses/${vendor}">${pause ? `Resume ${vendor}` : `Pause ${vendor}`}</a></p>
</article>`;
}

function rosterFacts({ source, lastRead, ageMs, mostAgeMs }: RosterState): Markup {
  const limit = mostAgeMs === undefined ? '' : ` (at most ${length(mostAgeMs)})`;
  return html`<dl class="facts">
<dt>Source</dt><dd>${source}</dd>
<dt>Users</dt><dd>${
    lastRead
      ? html`${number(lastRead.users)}, ${changeOf(lastRead.users, lastRead.before)} <small>by <a href="/runs/${encodeURIComponent(lastRead.run)}">the last whole run of ${lastRead.job}</a></small>`
      : html`<span class="quiet">no run over all of it has completed yet</span>`
  }</dd>
<dt>Age</dt><dd>${ageMs === undefined ? html`<span class="quiet">each run asks for it anew</span>` : `written ${length(ageMs)} ago${limit}`}</dd>
</dl>`;
}

function changeOf(users: number, before: number | undefined): string {
  if (before === undefined) return 'read for the first time';
  if (users === before) return 'as many as the time before';
  return `${number(Math.abs(users - before))} ${users > before ? 'more' : 'fewer'} than the time before`;
}

function workerTable(workers: readonly AliveWorker[] | undefined): Markup {
  if (!workers) return html`<p class="quiet">This Redis does not list its clients.</p>`;
  if (workers.length === 0) return html`<p class="quiet">None.</p>`;
  return html`<p class="quiet">${counted(workers.length, 'process', 'processes')}</p>${table({
    name: 'Workers',
    columns: ['Process', 'Version', 'Mode', 'Works on'],
    rows: workers.map(({ name, version, mode, command }) => [
      name,
      version ?? 'older',
      mode,
      command === undefined ? 'everything' : `its run of ${command}`,
    ]),
  })}`;
}

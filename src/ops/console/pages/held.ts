import type { DateTime } from 'luxon';
import { jobPrefix } from '../../../config/settings/job.ts';
import { counted, number } from '../../../domain/quantities.ts';
import type { HeldPlan } from '../../../queue/views/held-plan.ts';
import type { GateLimits } from '../../../runs/gate.ts';
import { html, type Markup } from './markup.ts';
import { moment } from './text.ts';

/** What a held run plans, the limits it was checked against, and the forms to decide on it. */
export function heldSection(run: string, plan: HeldPlan, token: string, now: DateTime): Markup {
  const { job, reason, until, answer: decision, planned, touched, selected, limits, sample } = plan;
  return html`<section class="notice warn" aria-labelledby="held"><h2 id="held">This run is held</h2>
<p class="lead">${reason}</p>
<p>It plans <strong>${counted(planned, 'action')}</strong> on <strong>${number(touched)} of ${counted(selected, 'user')}</strong>. Nothing has been written yet.</p>
<h3>Limits</h3>${limitTable(job, limits)}
<h3>Plan</h3>
${
  sample.length === 0
    ? html`<p class="quiet">This job plans the same actions for every user of the roster.</p>`
    : html`<p class="quiet">${sample.length < planned ? `The first ${sample.length} of ${number(planned)} actions` : 'All actions'}</p>
<div class="wide plan" role="region" aria-label="Plan" tabindex="0"><table><thead><tr><th scope="col">User</th><th scope="col">Subject</th></tr></thead>
<tbody>${sample.map(({ user, subject }) => html`<tr><th scope="row">${user}</th><td>${subject}</td></tr>`)}</tbody></table></div>`
}
<h3>Decision</h3>
${decision ? decided(decision) : html`<p>Without a decision the run stops at ${moment(until, now)}</p>${decisionForms(run, planned, token)}`}
</section>`;
}

function decided({ approved, by, note }: NonNullable<HeldPlan['answer']>): Markup {
  const word = approved ? 'Approved' : 'Rejected';
  return html`<p><strong>${word}${by ? ` by ${by}` : ''}</strong>${note ? html`: ${note}` : ''}. The run continues as soon as a worker takes it.</p>`;
}

function decisionForms(run: string, planned: number, token: string): Markup {
  return html`<div class="decisions">
${decisionForm(run, 'approve', `Approve: apply ${counted(planned, 'action')}`, token)}
${decisionForm(run, 'reject', 'Reject: write nothing', token)}
</div>`;
}

function decisionForm(run: string, decision: 'approve' | 'reject', button: string, token: string): Markup {
  return html`<form method="post" action="/runs/${encodeURIComponent(run)}/decision">
<input type="hidden" name="token" value="${token}"><input type="hidden" name="decision" value="${decision}">
<label for="${decision}-note">Reason to ${decision}</label>
<input id="${decision}-note" name="note" required maxlength="200" autocomplete="off">
<button class="${decision}">${button}</button></form>`;
}

function limitTable(job: string, limits: GateLimits): Markup {
  const prefix = jobPrefix(job);
  const rows: readonly (readonly [string, number])[] = [
    [`maximum actions (${prefix}MAX_ACTIONS)`, limits.maxActions],
    [`maximum share of users touched (${prefix}MAX_SHARE)`, limits.maxShare],
    [`maximum growth over the baseline of actions (${prefix}GROWTH_FACTOR)`, limits.growthFactor],
    [`minimum share of the baseline of users (${prefix}SHRINK_FACTOR)`, limits.shrinkFactor],
    [`maximum share of unreadable users (${prefix}MAX_UNREADABLE)`, limits.maxUnreadable],
  ];
  return html`<dl class="numbers">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${number(value)}</dd>`)}</dl>`;
}

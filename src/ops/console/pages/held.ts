import type { DateTime } from 'luxon';
import type { HeldPlan } from '../../../queue/views/held-plan.ts';
import type { GateLimits } from '../../../runs/gate.ts';
import { html, type Markup } from './markup.ts';
import { counted, moment, number } from './text.ts';

/** What would be done by a held run, what it was checked by, and the forms to answer it. */
export function heldSection(run: string, plan: HeldPlan, token: string, now: DateTime): Markup {
  const { reason, until, answer, planned, touched, selected, limits, sample } = plan;
  return html`<section class="notice warn" aria-labelledby="held"><h2 id="held">Held for a person</h2>
<p class="lead">${reason}</p>
<p>It would do <strong>${counted(planned, 'action')}</strong> on <strong>${number(touched)} of ${counted(selected, 'user')}</strong>. Nothing has been written yet.</p>
<h3>Limits</h3>${limitTable(limits)}
<h3>Plan</h3>
${
  sample.length === 0
    ? html`<p class="quiet">This job plans from the roster alone: the same for each of its users.</p>`
    : html`<p class="quiet">${sample.length < planned ? `The first ${sample.length} of ${number(planned)} actions` : 'All actions'}</p>
<div class="wide plan" role="region" aria-label="Plan" tabindex="0"><table><thead><tr><th scope="col">User</th><th scope="col">Subject</th></tr></thead>
<tbody>${sample.map(({ user, subject }) => html`<tr><th scope="row">${user}</th><td>${subject}</td></tr>`)}</tbody></table></div>`
}
<h3>Answer</h3>
<p>An answer counts until ${moment(until, now)}</p>
${answer ? answered(answer) : answerForms(run, planned, token)}
</section>`;
}

function answered({ approved, by, note }: NonNullable<HeldPlan['answer']>): Markup {
  const word = approved ? 'Approved' : 'Rejected';
  return html`<p><strong>${word}${by ? ` by ${by}` : ''}</strong>${note ? html`: ${note}` : ''}. It goes on as soon as a worker is up.</p>`;
}

function answerForms(run: string, planned: number, token: string): Markup {
  return html`<div class="answers">
${answerForm(run, 'approve', `Approve: apply ${counted(planned, 'action')}`, token)}
${answerForm(run, 'reject', 'Reject: write nothing', token)}
</div>`;
}

function answerForm(run: string, answer: 'approve' | 'reject', button: string, token: string): Markup {
  return html`<form method="post" action="/runs/${encodeURIComponent(run)}/answer">
<input type="hidden" name="token" value="${token}"><input type="hidden" name="answer" value="${answer}">
<label for="${answer}-note">Reason to ${answer}</label>
<input id="${answer}-note" name="note" required maxlength="200" autocomplete="off">
<button class="${answer}">${button}</button></form>`;
}

function limitTable(limits: GateLimits): Markup {
  const rows: readonly (readonly [string, number])[] = [
    ['most actions (MAX_ACTIONS)', limits.maxActions],
    ['largest share of users touched (MAX_SHARE)', limits.maxShare],
    ['most times the usual actions (GROWTH_FACTOR)', limits.growthFactor],
    ['least part of the usual users (SHRINK_FACTOR)', limits.shrinkFactor],
    ['largest share of unreadable users (MAX_UNREADABLE)', limits.maxUnreadable],
  ];
  return html`<dl class="numbers">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${number(value)}</dd>`)}</dl>`;
}

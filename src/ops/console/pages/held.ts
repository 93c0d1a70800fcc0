import type { DateTime } from 'luxon';
import { counted, number } from '../../../domain/quantities.ts';
import type { HeldPlan } from '../../../queue/views/held-plan.ts';
import type { LimitCheck } from '../../../runs/gate.ts';
import { html, type Markup } from './markup.ts';
import { type PlanRow, planTable } from './plan.ts';
import { table } from './table.ts';
import { label, moment } from './text.ts';

interface HeldFacts {
  readonly run: string;
  readonly plan: HeldPlan;
  /** The soonest actions, unless they were read too often in the last minute; none for a job that plans from the roster alone. */
  readonly soonest: readonly PlanRow[] | 'too often';
  readonly token: string;
  readonly now: DateTime;
}

/** What a held run plans, the limits it was checked against, and the forms to decide on it. */
export function heldSection({ run, plan, soonest, token, now }: HeldFacts): Markup {
  const { reason, until, answer: decision, planned, touched, selected, limits } = plan;
  return html`<section class="notice warn" aria-labelledby="held"><h2 id="held">This run is held</h2>
<p class="lead">${reason}</p>
<p>It plans <strong>${counted(planned, 'action')}</strong> on <strong>${number(touched)} of ${counted(selected, 'user')}</strong>. Nothing has been written yet.</p>
<h3>Limits</h3>${limitTable(limits)}
<h3>Plan</h3>
${planSection({ run, planned, soonest, now })}
<h3>Decision</h3>
${decision ? decided(decision, now) : html`<p>Without a decision the run stops at ${moment(until, now)} and nothing is written.</p>${decisionForms(run, planned, token)}`}
</section>`;
}

function planSection({
  run,
  planned,
  soonest,
  now,
}: Pick<HeldFacts, 'run' | 'soonest' | 'now'> & { readonly planned: number }): Markup {
  if (soonest === 'too often')
    return html`<p class="notice warn">Plans were read too often in the last minute. Wait a minute, then load this page again to see the plan.</p>`;
  if (soonest.length === 0)
    return html`<p class="quiet">This job plans the same actions for every user of the roster.</p>`;
  return html`<p class="quiet">${soonest.length < planned ? `The ${soonest.length} soonest of ${number(planned)} actions` : 'All actions'}</p>
${planTable(soonest, now)}
<p><a href="/runs/${encodeURIComponent(run)}/plan">See the whole plan, or search a user in it</a></p>`;
}

function decided({ approved, by, at, note }: NonNullable<HeldPlan['answer']>, now: DateTime): Markup {
  const word = approved ? 'Approved' : 'Rejected';
  return html`<p><strong>${word}${by ? ` by ${by}` : ''}</strong> ${moment(at, now)}${note ? html`: ${note}` : ''}. The run continues as soon as a worker takes it.</p>`;
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

const titles: Readonly<Record<LimitCheck['limit'], string>> = {
  'max-actions': 'Actions',
  'max-share': 'Share of users touched',
  growth: 'Actions, by what is usual',
  shrink: 'Users, by what is usual',
  unreadable: 'Share of unreadable users',
};

/** Each limit with what the run comes to; the one that is passed is marked by a word. */
function limitTable(limits: readonly LimitCheck[]): Markup {
  return table({
    name: 'Limits',
    columns: ['Limit', 'This run', 'Allowed', 'Verdict'],
    rows: limits.map(({ limit, variable, set, own, allowed, bound, unit, isPassed }) => [
      html`${titles[limit]}<small>${limit}: ${variable}=${set}</small>`,
      amount(own, unit),
      allowed === undefined
        ? 'not compared'
        : `${bound === 'most' ? 'at most' : 'at least'} ${amount(allowed, unit)}`,
      allowed === undefined ? '' : label(isPassed ? 'exceeded' : 'ok'),
    ]),
  });
}

function amount(value: number, unit: LimitCheck['unit']): string {
  return unit === 'share' ? `${number(Math.round(value * 1000) / 10)} %` : number(Math.round(value));
}

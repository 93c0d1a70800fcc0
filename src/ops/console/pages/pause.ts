import type { DateTime } from 'luxon';
import type { Pause } from '../../../queue/records/pauses.ts';
import { pauseRow } from './job-card.ts';
import { html, type Markup } from './markup.ts';

interface PauseFacts {
  /** A job, a vendor, or everything. */
  readonly what: string;
  /** What of it is paused. */
  readonly pauses: readonly Pause[];
  readonly token: string;
  readonly now: DateTime;
}

/** Pauses or resumes a job, a vendor or everything. It does not reload itself, because somebody types a reason. */
export function pausePage({ what, pauses, token, now }: PauseFacts): Markup {
  const isAll = what === everything;
  return html`<h1>${isAll ? 'Stop everything' : `Pause ${what}`}</h1>
<p class="lead">${
    isAll
      ? 'This pauses both vendors: every run ends its requests in flight, and waits. Until the vendors are resumed, no run asks them anything or writes, also not for a roster that is kept in SuperOffice. Whoever reads by hand, or looks a user up here, still asks; a command that writes is refused unless it says --despite-pause.'
      : `A pause ends the work of ${what} behind what is in flight. Runs under way wait, and go on once it is resumed.`
  }</p>
${pauses.map((pause) => html`<section aria-label="Pause of ${pause.what}"><h2>${pause.what} is paused</h2><dl>${pauseRow(pause, now)}</dl></section>`)}
<div class="decisions">
${form({ what, change: 'pause', button: isAll ? 'Stop everything' : `Pause ${what}`, token })}
${pauses.length === 0 ? '' : form({ what, change: 'resume', button: isAll ? 'Resume everything' : `Resume ${what}`, token })}
</div>
<p><a href="/">Back to the state</a></p>`;
}

/** Stands for every vendor, and with them for all work. */
export const everything = 'everything';

interface ChangeForm {
  readonly what: string;
  readonly change: 'pause' | 'resume';
  readonly button: string;
  readonly token: string;
}

function form({ what, change, button, token }: ChangeForm): Markup {
  return html`<form method="post" action="/pauses/${encodeURIComponent(what)}">
<input type="hidden" name="token" value="${token}"><input type="hidden" name="change" value="${change}">
<label for="${change}-note">Reason to ${change}</label>
<input id="${change}-note" name="note" required maxlength="200" autocomplete="off">
<button class="${change === 'pause' ? 'reject' : 'approve'}">${button}</button></form>`;
}

/** Stops a run under way. */
export function stopPage(run: string, token: string): Markup {
  const path = `/runs/${encodeURIComponent(run)}`;
  return html`<h1>Stop a run</h1>
<p class="lead"><a href="${path}">${run}</a> ends behind what is in flight, with a report. What it did stays done, and it cannot go on later.</p>
<form method="post" action="${path}/stop"><input type="hidden" name="token" value="${token}">
<label for="note">Reason to stop it</label>
<input id="note" name="note" required maxlength="200" autocomplete="off">
<button class="reject">Stop this run</button></form>`;
}

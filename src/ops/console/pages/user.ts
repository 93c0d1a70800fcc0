import type { DateTime } from 'luxon';
import type { User } from '../../../domain/user.ts';
import type { Explanation } from '../../../jobs/explain-user.ts';
import type { Asking } from '../../../queue/outlooks/asking.ts';
import { notKept, type PastEvent } from '../../../queue/views/user-past.ts';
import { html, type Markup } from './markup.ts';
import { moment } from './text.ts';

/** What is kept of a user's past; undefined where Redis does not respond. */
export interface KnownPast {
  readonly user: User;
  readonly events: readonly PastEvent[] | undefined;
}

/** What a job would do to a user, and whether its next run asks about the user at all. */
export type ShownExplanation = Explanation & Asking;

interface UserFacts {
  readonly name: string;
  /** By job; several where several users have that name. */
  readonly explanations: readonly ShownExplanation[];
  /** Names of the roster that may have been meant; with them there are no explanations. */
  readonly meant: readonly string[];
  readonly pasts: readonly KnownPast[];
  /** Pauses of vendors that were asked all the same: whole sentences. */
  readonly pauses: readonly string[];
  readonly now: DateTime;
}

/** Asks for the name of a user. */
export function usersPage(): Markup {
  return html`<h1>Users</h1>
<p class="lead">See what each job would do to a user now, and why: the vendors are asked while you wait, and nothing is written.</p>
${searchForm('')}`;
}

/** What each job would do to one user now, and why. */
export function userPage({ name, explanations, meant, pasts, pauses, now }: UserFacts): Markup {
  return html`<h1>${name}</h1>
${pauses.map((pause) => html`<p class="notice warn">${pause} This page asked it all the same.</p>`)}
${
  explanations.length === 0
    ? html`<p class="lead">The roster has no user of this name.</p>${meant.length === 0 ? '' : html`<p>Did you mean ${meant.map((one) => html`<a href="/users/${encodeURIComponent(one)}">${one}</a> `)}?</p>`}`
    : html`<p class="lead">What each job would do now, by what the vendors say now. Nothing was written.</p>${explanations.map((one) => explanationSection(one, now))}`
}
${pasts.map((past) => pastSection(past, now))}
${searchForm(name)}`;
}

function pastSection({ user, events }: KnownPast, now: DateTime): Markup {
  const storage = user.userStorageName ? ` in ${user.userStorageName}` : '';
  const shown =
    events === undefined
      ? html`<p class="quiet">Not known: Redis does not respond.</p>`
      : events.length === 0
        ? html`<p class="quiet">Nothing.</p>`
        : html`<ul>${events.map(({ at, what, run }) => html`<li>${moment(at, now)} ${what}${run ? html` <a href="/runs/${encodeURIComponent(run)}">See the run</a>` : ''}</li>`)}</ul>`;
  return html`<section aria-label="Past of ${user.username}${storage}"><h2>Kept of the past${storage}</h2>
${shown}<p class="quiet">${notKept}</p></section>`;
}

function explanationSection(explanation: ShownExplanation, now: DateTime): Markup {
  const { user, job, reasoning = [], failed } = explanation;
  const storage = user.userStorageName ? ` in ${user.userStorageName}` : '';
  return html`<section aria-label="${job} for ${user.username}${storage}"><h2>${job}${storage}</h2>
${failed === undefined ? '' : html`<p class="notice warn">${failed}</p>`}
${failed === undefined && reasoning.length === 0 ? html`<p class="quiet">The vendor has nothing for this user.</p>` : ''}
<div class="cards">${reasoning.map(
    ({ subject, verdict, because }) =>
      html`<article class="card"><h3>${subject}</h3><p><strong>${verdict}</strong></p><ul class="because">${because.map((line) => html`<li>${line}</li>`)}</ul></article>`,
  )}</div>${askingLine(explanation, now)}</section>`;
}

function askingLine({ notAskedUntil, notAskedUnknown }: Asking, now: DateTime): Markup | string {
  if (notAskedUnknown !== undefined)
    return html`<p class="quiet">Whether the next run asks about this user is not known: ${notAskedUnknown}</p>`;
  if (notAskedUntil === undefined) return '';
  if (notAskedUntil === null) return html`<p>The next run asks about this user.</p>`;
  return html`<p>Not asked until ${moment(notAskedUntil, now)}, unless named by hand: an earlier run saw that nothing can be due before.</p>`;
}

function searchForm(name: string): Markup {
  return html`<form method="get" action="/users" role="search" class="search">
<label for="name">User, as in the roster</label>
<input id="name" name="name" value="${name}" required maxlength="256" autocomplete="off">
<button>Explain</button></form>`;
}

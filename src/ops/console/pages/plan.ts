import type { DateTime } from 'luxon';
import { counted } from '../../../domain/quantities.ts';
import type { PlanPart } from '../../../queue/views/plan-part.ts';
import type { RunPlan } from '../../../queue/views/run-plan.ts';
import type { ActionRow } from '../../../runs/plan-rows.ts';
import { html, type Markup } from './markup.ts';
import { pager } from './pager.ts';
import { table } from './table.ts';
import { label, moment } from './text.ts';

/** A planned action as it is shown. */
export type PlanRow = ActionRow;

/** How many actions a page has. */
export const actionsShown = 100;

/** What somebody looks for in a plan. */
export interface PlanQuery {
  /** A part of the name of a user; empty for everybody. */
  readonly user: string;
  readonly onlyLate: boolean;
  /** From 1. */
  readonly page: number;
}

interface PlanFacts {
  readonly run: string;
  readonly query: PlanQuery;
  readonly part: PlanPart;
  /** How many actions the run planned; of a run that only observed fewer may be kept. */
  readonly planned: number;
  readonly kept: RunPlan['kept'];
  readonly now: DateTime;
}

const notes: Readonly<Record<RunPlan['kept'], string>> = {
  whole: 'Nothing is written before somebody approves the run.',
  beginning:
    'The run only observed: nothing was written, and the beginning of its plan is kept (CARETAKER_KEEP_PLANNED).',
  late: 'Of a run that wrote, only who was late is kept, the beginning of it (CARETAKER_KEEP_PLANNED).',
};

/** The plan of a run: to whom it does what, or would have, why and by when. */
export function planPage({ run, query, part, planned, kept, now }: PlanFacts): Markup {
  const { user, onlyLate } = query;
  const path = `/runs/${encodeURIComponent(run)}/plan`;
  return html`<p class="quiet"><a href="/runs/${encodeURIComponent(run)}">${run}</a></p>
<h1>Plan</h1>
<p class="lead">${counted(kept === 'late' ? part.matching : planned, 'action')}, the soonest first. ${
    notes[kept]
  }</p>
<form method="get" action="${path}" role="search" class="search">
<label for="user">User</label>
<input id="user" name="user" value="${user}" maxlength="256" autocomplete="off">
<label for="only">Whom</label>
<select id="only" name="only"><option value="">everybody</option><option value="late"${onlyLate ? html` selected` : ''}>late: the vendor has warned them already</option></select>
<button>Search</button></form>
${part.rows.length === 0 ? html`<p class="quiet">No such actions.</p>` : planTable(part.rows, now)}
${pager({
  name: 'Pages of the plan',
  page: query.page,
  size: actionsShown,
  shown: part.rows.length,
  all: part.matching,
  linkTo: (page) => linkTo(path, { ...query, page }),
})}`;
}

function linkTo(path: string, { user, onlyLate, page }: PlanQuery): string {
  const words = new URLSearchParams({
    ...(user === '' ? {} : { user }),
    ...(onlyLate ? { only: 'late' } : {}),
    ...(page === 1 ? {} : { page: String(page) }),
  });
  return words.size === 0 ? path : `${path}?${words}`;
}

/** Planned actions, each with its user. */
export function planTable(rows: readonly PlanRow[], now: DateTime): Markup {
  return table({
    name: 'Plan',
    columns: ['User', 'Device', 'Last used', 'Will be warned', 'Will time out', 'Why'],
    rows: rows.map(({ user, storage, device, lastUsed, willBeWarned, willTimeOut, why }) => [
      html`<a href="/users/${encodeURIComponent(user)}">${user}</a>${storage === null ? '' : html`<small>${storage}</small>`}`,
      device,
      moment(lastUsed, now),
      moment(willBeWarned, now),
      moment(willTimeOut, now),
      why === 'late' ? label('late') : why,
    ]),
  });
}

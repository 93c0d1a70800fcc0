import { counted, number } from '../../../domain/quantities.ts';
import { findJob } from '../../../jobs/index.ts';
import { type Severity, severities } from '../../../policies/finding.ts';
import type { LastFindings, RuleCount } from '../../../queue/records/last-findings.ts';
import type { FindingRow } from '../../../queue/views/finding-rows.ts';
import { html, type Markup } from './markup.ts';
import { pager } from './pager.ts';
import { table } from './table.ts';
import { label } from './text.ts';

/** How many findings a page has. */
export const findingsShown = 200;

/** What somebody chose among the findings. */
export interface FindingsQuery {
  readonly severity: Severity | undefined;
  readonly rule: string | undefined;
  /** A part of the name of a user, or an associate; empty for everybody. */
  readonly user: string;
  /** From 1. */
  readonly page: number;
}

/** The findings of one page. */
export interface FindingsPart {
  readonly rows: readonly FindingRow[];
  /** How many there are on all pages, where users are searched. */
  readonly matching?: number;
}

/** Why there are no names of users. */
export type WithoutNames = 'reading' | 'no roster' | 'paused';

interface FindingsFacts {
  readonly last: LastFindings;
  readonly query: FindingsQuery;
  readonly part: FindingsPart;
  /** Why there are no names of users. */
  readonly missing: WithoutNames | undefined;
}

/** The findings of the last audit: how many there are of what, what that means, and those that were chosen. */
export function findingsPage(facts: FindingsFacts | undefined): Markup {
  if (!facts) {
    return html`<h1>Findings</h1><p class="lead">No audit of the whole roster has run yet.</p>`;
  }
  const { last, query, part, missing } = facts;
  const { run, rules } = last;
  const all = foundIn(rules);
  const chosen = rules.filter(
    ({ severity, rule }) => severity === (query.severity ?? severity) && rule === (query.rule ?? rule),
  );
  const over = chosen.reduce((sum, { found, kept }) => sum + found - kept, 0);
  return html`<h1>Findings</h1>
<p class="lead">${counted(all, 'finding')} of the last audit, <a href="/runs/${encodeURIComponent(run)}">${run}</a></p>
<nav class="filter" aria-label="Severity"><ul>
${tab({ ...query, severity: undefined, rule: undefined }, query.severity === undefined, `all (${number(all)})`)}
${severities.map((severity) => {
  const count = foundIn(rules.filter((one) => one.severity === severity));
  return tab(
    { ...query, severity, rule: undefined },
    severity === query.severity,
    `${severity} (${number(count)})`,
  );
})}</ul></nav>
${rulesSection(last, query)}
<section aria-labelledby="list"><h2 id="list">${query.rule ?? 'Findings of all rules'}</h2>
${searchForm(query)}
${missing ? html`<p class="quiet">${withoutNames[missing]}</p>` : ''}
${over > 0 ? html`<p class="quiet">${counted(over, 'finding')} more can only be read in the log: of each severity as many are kept as CARETAKER_KEEP_FINDINGS says.</p>` : ''}
${part.rows.length === 0 ? html`<p class="quiet">No findings.</p>` : findingsTable(part.rows)}
${pager({
  name: 'Pages of findings',
  page: query.page,
  size: findingsShown,
  shown: part.rows.length,
  all: part.matching ?? chosen.reduce((sum, { kept }) => sum + kept, 0),
  linkTo: (page) => linkTo({ ...query, page }),
})}
</section>`;
}

const withoutNames = {
  reading:
    'The roster is being read, so there are no names of users yet. Load the page again in a few seconds.',
  'no roster':
    'The roster cannot be read here, so there are no names of users, only associates. The log says why.',
  paused:
    'The vendor that the roster is read from is paused, so there are no names of users, only associates.',
};

function foundIn(rules: readonly RuleCount[]): number {
  return rules.reduce((sum, { found }) => sum + found, 0);
}

function tab(query: FindingsQuery, is: boolean, text: string): Markup {
  return html`<li><a href="${linkTo({ ...query, page: 1 })}"${is ? html` aria-current="true"` : ''}>${text}</a></li>`;
}

function linkTo({ severity, rule, user, page }: FindingsQuery): string {
  const words = new URLSearchParams({
    ...(severity === undefined ? {} : { severity }),
    ...(rule === undefined ? {} : { rule }),
    ...(user === '' ? {} : { user }),
    ...(page === 1 ? {} : { page: String(page) }),
  });
  return words.size === 0 ? '/findings' : `/findings?${words}`;
}

/** How many findings each rule has; behind each, what it means and what to do. */
function rulesSection({ job, rules }: LastFindings, query: FindingsQuery): Markup | string {
  const shown = rules.filter(({ severity }) => severity === (query.severity ?? severity));
  if (shown.length === 0) return '';
  return html`<section aria-labelledby="rules"><h2 id="rules">Rules</h2>
<ul class="rules">${shown.map(({ rule, severity, found }) => {
    const { means = '', advice = '' } = findJob(job)?.rules?.[rule] ?? {};
    const isChosen = rule === query.rule;
    return html`<li><details${isChosen ? html` open` : ''}><summary>${label(severity)} <strong>${rule}</strong> <span class="total">${number(found)}</span></summary>
<p>${means}</p><p>${advice}</p>
<p><a href="${linkTo({ ...query, rule: isChosen ? undefined : rule, page: 1 })}">${isChosen ? 'Show the findings of all rules' : `Show only ${rule}`}</a></p></details></li>`;
  })}</ul></section>`;
}

function searchForm({ severity, rule, user }: FindingsQuery): Markup {
  const kept = (name: string, value: string | undefined) =>
    value === undefined ? '' : html`<input type="hidden" name="${name}" value="${value}">`;
  return html`<form method="get" action="/findings" role="search" class="search">${kept('severity', severity)}${kept('rule', rule)}
<label for="user">User, or number of an associate</label>
<input id="user" name="user" value="${user}" maxlength="256" autocomplete="off">
<button>Search</button></form>`;
}

function findingsTable(rows: readonly FindingRow[]): Markup {
  return table({
    name: 'Findings',
    columns: ['Finding', 'User', 'Subject'],
    rowName: 1,
    rows: rows.map(({ severity, rule, users, associates, subject, detail }) => [
      html`${label(severity)}<small>${rule}</small>`,
      html`${users.join(', ')}<small>${associates.map((id) => `associate ${id}`).join(', ')}</small>`,
      html`${subject}<small>${detail}</small>`,
    ]),
  });
}

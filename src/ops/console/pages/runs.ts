import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import { jobNames } from '../../../jobs/index.ts';
import type { Report } from '../../../runs/report.ts';
import { type Bar, barsShown, chart } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { label, moment } from './text.ts';

/** The latest runs, with charts. */
export function runsPage(reports: readonly Report[], job: string | undefined, now: DateTime): Markup {
  const shown = job === undefined ? reports : reports.filter(({ run }) => run.job === job);
  const inCharts = jobNames.filter((name) => job === undefined || name === job);
  return html`<h1>Runs</h1>
<nav class="filter" aria-label="Jobs"><ul>
<li><a href="/runs"${current(job === undefined)}>all jobs</a></li>
${jobNames.map((name) => html`<li><a href="/runs?job=${encodeURIComponent(name)}"${current(name === job)}>${name}</a></li>`)}
</ul></nav>
${inCharts.map((name) => jobCharts(name, reports))}
<section aria-labelledby="latest"><h2 id="latest">Latest runs</h2>
${shown.length === 0 ? html`<p class="quiet">There are no runs yet.</p>` : runsTable(shown, now)}
</section>`;
}

function current(is: boolean): Markup | string {
  return is ? html` aria-current="true"` : '';
}

function jobCharts(job: string, reports: readonly Report[]): Markup | string {
  const ended = reports
    .filter(({ run }) => run.job === job && run.finishedAt !== null && run.status !== 'skipped')
    .slice(0, barsShown)
    .reverse();
  if (ended.length === 0) return '';
  const bars = (parts: (report: Report) => Bar['parts'], text: (report: Report) => string): Bar[] =>
    ended.map((report) => ({
      name: `${report.run.startedAt?.slice(0, 16).replace('T', ' ')}: ${text(report)} (${report.run.status})`,
      link: `/runs/${encodeURIComponent(report.run.id)}`,
      parts: parts(report),
    }));
  return html`<section aria-label="Charts of ${job}"><h2>${job}</h2><div class="charts">
${chart(
  'Users',
  bars(
    ({ users }) => [
      { tone: 'main', value: users.inspected },
      { tone: 'bad', value: users.failed },
      { tone: 'side', value: users.notReached + users.notAsked },
    ],
    ({ users }) => `${number(users.selected)} users, ${number(users.failed)} failed`,
  ),
)}
${
  ended.some(({ actions }) => actions.planned > 0)
    ? chart(
        'Actions',
        bars(
          ({ actions }) => [
            { tone: 'main', value: actions.applied },
            { tone: 'bad', value: actions.failed },
            { tone: 'side', value: actions.skipped + actions.notReached },
          ],
          ({ actions }) => `${number(actions.applied)} of ${number(actions.planned)} actions applied`,
        ),
      )
    : chart(
        'Findings',
        bars(
          ({ findings }) => [{ tone: 'main', value: sum(findings) }],
          ({ findings }) => counted(sum(findings), 'finding'),
        ),
      )
}
${chart(
  'Duration',
  bars(
    (report) => [{ tone: 'main', value: durationMs(report) }],
    (report) => length(durationMs(report)),
  ),
  length,
)}
</div></section>`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

/** How long a run took, in milliseconds; 0 until it has finished. */
export function durationMs({ run: { startedAt, finishedAt } }: Report): number {
  return startedAt && finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : 0;
}

function runsTable(reports: readonly Report[], now: DateTime): Markup {
  return html`<div class="wide" role="region" aria-labelledby="latest" tabindex="0"><table>
<thead><tr><th scope="col">Run</th><th scope="col">Status</th><th scope="col">Mode</th><th scope="col">Trigger</th><th scope="col">Started</th>
<th scope="col" class="count">Users</th><th scope="col" class="count">Planned</th><th scope="col" class="count">Applied</th><th scope="col" class="count">Failed</th><th scope="col" class="count">Duration</th></tr></thead>
<tbody>${reports.map((report) => runRow(report, now))}</tbody></table></div>`;
}

function runRow(report: Report, now: DateTime): Markup {
  const { run, users, actions } = report;
  const took = durationMs(report);
  return html`<tr><th scope="row"><a href="/runs/${encodeURIComponent(run.id)}">${run.job}<small>${run.id.replace(`${run.job}-`, '')}</small></a></th><td>${label(run.status)}</td><td>${run.mode}</td>
<td>${run.trigger}${run.requestedBy ? html`<small>${run.requestedBy}</small>` : ''}</td><td>${moment(run.startedAt, now)}</td>
<td class="count">${number(users.selected)}</td><td class="count">${number(actions.planned)}</td><td class="count">${number(actions.applied)}</td>
<td class="count">${number(users.failed + actions.failed)}</td><td class="count">${took > 0 ? length(took) : '–'}</td></tr>`;
}

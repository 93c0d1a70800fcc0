import type { DateTime } from 'luxon';
import { counted, length, number } from '../../../domain/quantities.ts';
import { minuteIn } from '../../../domain/shown-time.ts';
import { jobNames } from '../../../jobs/index.ts';
import { outcomeOf, type Report } from '../../../runs/report.ts';
import { type Bar, barsShown, chart } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { scaleOfLengths } from './scale.ts';
import { table } from './table.ts';
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
${inCharts.map((name) => jobCharts(name, reports, now))}
<section aria-labelledby="latest"><h2 id="latest">Latest runs</h2>
${shown.length === 0 ? html`<p class="quiet">There are no runs yet.</p>` : runsTable(shown, now)}
</section>`;
}

function current(is: boolean): Markup | string {
  return is ? html` aria-current="true"` : '';
}

function jobCharts(job: string, reports: readonly Report[], now: DateTime): Markup | string {
  const ended = reports
    .filter(({ run }) => run.job === job && run.finishedAt !== null && run.status !== 'skipped')
    .slice(0, barsShown)
    .reverse();
  if (ended.length === 0) return '';
  const bars = (parts: (report: Report) => Bar['parts'], text: (report: Report) => string): Bar[] =>
    ended.map((report) => ({
      at: report.run.startedAt ?? report.run.finishedAt ?? '',
      name: `${minuteIn(now.zoneName ?? 'UTC', report.run.startedAt ?? '')}: ${text(report)} (${outcomeOf(report)})`,
      link: `/runs/${encodeURIComponent(report.run.id)}`,
      parts: parts(report),
    }));
  return html`<section aria-label="Charts of ${job}"><h2>${job}</h2><div class="charts">
${chart({
  title: 'Users',
  now,
  bars: bars(
    ({ users }) => [
      { tone: 'main', value: users.inspected },
      { tone: 'bad', value: users.failed },
      { tone: 'side', value: users.notReached + users.notAsked },
    ],
    ({ users }) => `${number(users.selected)} users, ${number(users.failed)} failed`,
  ),
})}
${
  ended.some(({ actions }) => actions.planned > 0)
    ? chart({
        title: 'Actions',
        now,
        bars: bars(
          ({ actions }) => [
            { tone: 'main', value: actions.applied },
            { tone: 'bad', value: actions.failed },
            { tone: 'side', value: actions.skipped + actions.notReached },
          ],
          ({ run, actions }) =>
            run.mode === 'observe'
              ? `${number(actions.planned)} actions not applied (observe)`
              : `${number(actions.applied)} of ${number(actions.planned)} actions applied`,
        ),
      })
    : chart({
        title: 'Findings',
        now,
        bars: bars(
          ({ findings }) => [{ tone: 'main', value: sum(findings) }],
          ({ findings }) => counted(sum(findings), 'finding'),
        ),
      })
}
${chart({
  title: 'Duration',
  now,
  scale: scaleOfLengths,
  bars: bars(
    (report) => [{ tone: 'main', value: durationMs(report) }],
    (report) => length(durationMs(report)),
  ),
})}
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
  const count = (title: string) => ({ title, isCount: true });
  return table({
    name: 'Latest runs',
    columns: [
      'Run',
      'Outcome',
      'Mode',
      'Asked for by',
      'Started',
      ...['Users', 'Planned', 'Applied', 'Failed', 'Took'].map(count),
    ],
    rows: reports.map((report) => runCells(report, now)),
  });
}

function runCells(report: Report, now: DateTime): (Markup | string)[] {
  const { run, users, actions } = report;
  const took = durationMs(report);
  const failed = users.failed + actions.failed;
  return [
    html`<a href="/runs/${encodeURIComponent(run.id)}">${run.job}<small>${run.id.replace(`${run.job}-`, '')}</small></a>`,
    label(outcomeOf(report)),
    run.mode,
    html`${run.trigger}${run.requestedBy ? html`<small>${run.requestedBy}</small>` : ''}`,
    moment(run.startedAt ?? run.finishedAt, now),
    number(users.selected),
    number(actions.planned),
    run.mode === 'observe' ? html`<span class="quiet">observed</span>` : number(actions.applied),
    failed > 0 ? html`<strong>${number(failed)}</strong>` : '0',
    took > 0 ? length(took) : '–',
  ];
}

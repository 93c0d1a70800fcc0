import { counted, number } from '../../../domain/quantities.ts';
import { type Severity, severities } from '../../../policies/finding.ts';
import type { LastFindings } from '../../../queue/records/findings.ts';
import type { Report } from '../../../runs/report.ts';
import { html, type Markup } from './markup.ts';
import { label } from './text.ts';

/** The findings of the last audit, all or those of one severity. */
export function findingsPage(
  last: LastFindings | undefined,
  report: Report | undefined,
  severity: Severity | undefined,
): Markup {
  if (!last) {
    return html`<h1>Findings</h1><p class="lead">No audit of the whole roster has run yet.</p>`;
  }
  const { run, findings } = last;
  const shown = findings.filter((one) => severity === undefined || one.severity === severity);
  const all = report
    ? Object.values(report.findings).reduce((sum, count) => sum + count, 0)
    : findings.length;
  const count = (one: Severity) => number(findings.filter((finding) => finding.severity === one).length);
  return html`<h1>Findings</h1>
<p class="lead">${counted(all, 'finding')} of the last audit, <a href="/runs/${encodeURIComponent(run)}">${run}</a></p>
<nav class="filter" aria-label="Severity"><ul>
<li><a href="/findings"${severity === undefined ? html` aria-current="true"` : ''}>all (${number(findings.length)})</a></li>
${severities.map(
  (one) =>
    html`<li><a href="/findings?severity=${one}"${one === severity ? html` aria-current="true"` : ''}>${one} (${count(one)})</a></li>`,
)}</ul></nav>
${findings.length < all ? html`<p class="quiet">The console keeps the first findings of each severity; the log has all ${number(all)}.</p>` : ''}
${shown.length === 0 ? html`<p class="quiet">No findings.</p>` : findingsTable(shown)}`;
}

function findingsTable(findings: LastFindings['findings']): Markup {
  return html`<div class="wide" role="region" aria-label="Findings" tabindex="0"><table><thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Subject</th><th scope="col">Detail</th></tr></thead>
<tbody>${findings.map(
    ({ severity, rule, subject, detail }) =>
      html`<tr><td>${label(severity)}</td><td>${rule}</td><th scope="row">${subject}</th><td>${detail}</td></tr>`,
  )}</tbody></table></div>`;
}

import { counted } from '../../../domain/quantities.ts';
import { html, type Markup } from './markup.ts';
import { table } from './table.ts';
import { label } from './text.ts';

/** One check of the doctor, as far as it is shown. */
export interface CheckLine {
  readonly subject: string;
  readonly check: string;
  readonly health: 'ok' | 'warn' | 'fail' | 'not-checked';
  readonly found: string;
  readonly remedy?: string;
}

const healths = ['fail', 'warn', 'not-checked', 'ok'] as const;

/** What the doctor finds from this worker, the worst first. */
export function doctorPage(lines: readonly CheckLine[]): Markup {
  const count = (health: CheckLine['health']) => lines.filter((line) => line.health === health).length;
  const sorted = healths.flatMap((health) => lines.filter((line) => line.health === health));
  return html`<h1>Doctor</h1>
<p class="lead">${counted(count('fail'), 'check')} failed, ${counted(count('warn'), 'warning')}, ${count('ok')} ok. They were made now, from the worker that shows this page; the vendors were only read.</p>
${table({
  name: 'Checks',
  columns: ['Health', 'Check', 'Found', 'What to do'],
  rowName: 1,
  rows: sorted.map(({ subject, check, health, found, remedy }) => [
    label(health === 'not-checked' ? 'not checked' : health),
    html`${subject} ${check}`,
    found,
    remedy ?? '',
  ]),
})}`;
}

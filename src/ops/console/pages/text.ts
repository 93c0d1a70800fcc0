import { DateTime } from 'luxon';
import { html, type Markup } from './markup.ts';

/** A moment, from ISO 8601 or epoch milliseconds, with how long ago or ahead it is. */
export function moment(at: string | number | null | undefined, now: DateTime): Markup {
  if (at === null || at === undefined || at === '') return html`<span class="quiet">–</span>`;
  const time = typeof at === 'number' ? DateTime.fromMillis(at) : DateTime.fromISO(at);
  const utc = time.toUTC();
  const text = utc.toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");
  return html`<time datetime="${utc.toISO()}" title="${text}">${text}<small>${relative(utc, now)}</small></time>`;
}

function relative(time: DateTime, now: DateTime): string {
  if (Math.abs(time.diff(now).as('seconds')) < 1) return 'now';
  return time.toRelative({ base: now, locale: 'en' }) ?? '';
}

/** A status as a small label; the word says it all, the colour only helps. */
export function label(status: string): Markup {
  return html`<span class="label ${tones[status] ?? 'plain'}">${status}</span>`;
}

const tones: Readonly<Record<string, string>> = {
  completed: 'good',
  running: 'busy',
  held: 'warn',
  paused: 'warn',
  late: 'warn',
  medium: 'warn',
  skipped: 'plain',
  stopped: 'bad',
  failed: 'bad',
  high: 'bad',
};

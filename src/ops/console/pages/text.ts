import type { DateTime } from 'luxon';
import { momentIn } from '../../../domain/shown-time.ts';
import { html, type Markup } from './markup.ts';

/** A moment, from ISO 8601 or epoch milliseconds, in the zone of `now`, with how long ago or ahead it is. */
export function moment(at: string | number | null | undefined, now: DateTime): Markup {
  if (at === null || at === undefined || at === '') return html`<span class="quiet">–</span>`;
  const zone = now.zoneName ?? 'UTC';
  const time = momentIn(zone, at);
  if (!time.isValid) return html`${String(at)}`;
  const exact = `${time.toFormat('yyyy-MM-dd HH:mm:ss ZZ')} ${zone}`;
  return html`<time datetime="${time.toUTC().toISO()}" title="${exact}">${time.toFormat('yyyy-MM-dd HH:mm')}<small>${relative(time, now)}</small></time>`;
}

/** A moment in a zone of its own, which is named where it is another one than that of the page. */
export function momentAt(zone: string, at: string | number | undefined, now: DateTime): Markup {
  const shown = moment(at, now.setZone(zone));
  return at === undefined || zone === now.zoneName ? shown : html`${shown} <small>${zone}</small>`;
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
  ok: 'good',
  running: 'busy',
  queued: 'busy',
  'completed with failures': 'warn',
  held: 'warn',
  paused: 'warn',
  late: 'warn',
  medium: 'warn',
  warn: 'warn',
  look: 'warn',
  skipped: 'plain',
  stopped: 'bad',
  failed: 'bad',
  exceeded: 'bad',
  fail: 'bad',
  high: 'bad',
  now: 'bad',
};

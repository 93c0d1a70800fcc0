import { DateTime, Duration } from 'luxon';
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

/** A length of time for people. */
export function length(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Duration.fromMillis(Math.round(milliseconds / 1000) * 1000);
  const {
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
  } = whole.shiftTo('days', 'hours', 'minutes', 'seconds').toObject();
  const parts: readonly (readonly [number, string])[] = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u202f');
}

/** A number and its noun. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
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

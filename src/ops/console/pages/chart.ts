import type { DateTime } from 'luxon';
import { momentIn } from '../../../domain/shown-time.ts';
import { html, type Markup } from './markup.ts';
import { type Scale, scaleOfNumbers } from './scale.ts';

/** One bar: its moment, its name, its link, and its parts from the bottom up. */
export interface Bar {
  /** ISO 8601. */
  readonly at: string;
  readonly name: string;
  readonly link: string;
  readonly parts: readonly { readonly tone: 'main' | 'side' | 'bad'; readonly value: number }[];
}

/** How many bars there is room for. */
export const barsShown = 30;

/* In a window of 390 pixels a unit of the picture is about a pixel, so that its letters can be read there. */
const left = 40;
const step = 9;
const barWidth = 6.5;
const width = left + barsShown * step + 4;
const top = 10;
const height = 84;
const bottom = top + height;
/** A value above 0 is visible, however small it is. */
const leastHeight = 2;

/** What is drawn, and in whose time. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly now: DateTime;
  /** Left out: numbers. */
  readonly scale?: (most: number) => Scale;
}

/**
 * A row of bars with a scale and dates, drawn on the server because the console has no scripts. Each bar shows its numbers to
 * whoever points at it.
 */
export function chart({ title, bars, now, scale = scaleOfNumbers }: Chart): Markup {
  const most = Math.max(...bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)), 0);
  const { end, text } = scale(most);
  // The newest is on the right, however few there are.
  const start = left + (barsShown - bars.length) * step;
  return html`<figure class="chart"><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${bottom + 18}" role="group" aria-label="${title}, ${bars.length} runs, the scale ends at ${text(end)}">
${[0, end / 2, end].map((value) => gridLine(value, end, text))}
${dates(bars, start, now)}
${bars.map((bar, index) => barMarkup(bar, start + index * step, end))}
</svg></figure>`;
}

function gridLine(value: number, end: number, text: Scale['text']): Markup {
  const y = bottom - (end === 0 ? 0 : (value / end) * height);
  return html`<line class="axis" x1="${left}" y1="${y}" x2="${width}" y2="${y}" /><text class="tick" x="${left - 5}" y="${y + 3.5}" text-anchor="end">${text(value)}</text>`;
}

/** The moments of the first and the last bar, and of one between them where there is room. */
function dates(bars: readonly Bar[], start: number, now: DateTime): readonly Markup[] {
  const last = bars.length - 1;
  const time = (index: number) => momentIn(now.zoneName ?? 'UTC', bars[index]?.at ?? '');
  const form = last > 0 && time(last).diff(time(0), 'hours').hours < 36 ? 'HH:mm' : 'd LLL';
  const places = last < 0 ? [] : last < 6 ? [last] : last < 16 ? [0, last] : [0, Math.round(last / 2), last];
  return places.map((index) => {
    const anchor = index === last ? 'end' : index === 0 ? 'start' : 'middle';
    const x = start + index * step + (anchor === 'end' ? barWidth : anchor === 'middle' ? barWidth / 2 : 0);
    return html`<text class="tick" x="${x}" y="${bottom + 13}" text-anchor="${anchor}">${time(index).toFormat(form, { locale: 'en' })}</text>`;
  });
}

function barMarkup({ name, link, parts }: Bar, x: number, end: number): Markup {
  let above = bottom;
  const rects = parts
    .filter(({ value }) => value > 0)
    .map(({ tone, value }) => {
      const tall = Math.max(leastHeight, Math.round((value / end) * height));
      above = Math.max(top, above - tall);
      return html`<rect class="${tone}" x="${x}" y="${above}" width="${barWidth}" height="${tall}" rx="1" />`;
    });
  return html`<a href="${link}" aria-label="${name}"><title>${name}</title><rect class="target" x="${x - 1}" y="${top}" width="${step}" height="${height}" />${rects}</a>`;
}

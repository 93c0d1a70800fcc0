import { number } from '../../../domain/quantities.ts';
import { html, type Markup } from './markup.ts';

/** One bar: its name, its link, and its parts from the bottom up. */
export interface Bar {
  readonly name: string;
  readonly link: string;
  readonly parts: readonly { readonly tone: 'main' | 'side' | 'bad'; readonly value: number }[];
}

/** How many bars there is room for. */
export const barsShown = 30;

const height = 72;
const barWidth = 12;
const step = 16;
/** A value above 0 is visible, however small it is. */
const leastHeight = 2;

/** A row of bars, drawn on the server because the console has no scripts. Each bar shows its numbers to whoever points at it. */
export function chart(title: string, bars: readonly Bar[], text: (value: number) => string = number): Markup {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const most = Math.max(...sums, 0);
  const width = barsShown * step;
  // The newest is on the right, however few there are.
  const start = width - bars.length * step;
  return html`<figure class="chart"><figcaption>${title}<span class="quiet">max. ${text(most)}</span></figcaption>
<svg viewBox="0 0 ${width} ${height + 2}" role="group" aria-label="${title}, ${bars.length} runs, maximum ${text(most)}">
<line class="axis" x1="0" y1="${height + 1}" x2="${width}" y2="${height + 1}" />
${bars.map((bar, index) => barMarkup(bar, start + index * step, most))}
</svg></figure>`;
}

function barMarkup({ name, link, parts }: Bar, x: number, most: number): Markup {
  let top = height;
  const rects = parts
    .filter(({ value }) => value > 0)
    .map(({ tone, value }) => {
      const tall = Math.max(leastHeight, Math.round((value / most) * height));
      top = Math.max(0, top - tall);
      return html`<rect class="${tone}" x="${x}" y="${top}" width="${barWidth}" height="${tall}" rx="1.5" />`;
    });
  return html`<a href="${link}" aria-label="${name}"><title>${name}</title><rect class="target" x="${x - 2}" y="0" width="${step}" height="${height}" />${rects}</a>`;
}

import { number } from '../../../domain/quantities.ts';
import { html, type Markup } from './markup.ts';

interface Pages {
  /** For those who do not see them. */
  readonly name: string;
  /** From 1. */
  readonly page: number;
  /** How many rows a page has, how many are on this one, and how many there are. */
  readonly size: number;
  readonly shown: number;
  readonly all: number;
  readonly linkTo: (page: number) => string;
}

/** Where a page is among others, and the ways to the ones beside it. */
export function pager({ name, page, size, shown, all, linkTo }: Pages): Markup {
  const pages = Math.max(1, Math.ceil(all / size));
  const first = (page - 1) * size + 1;
  const place = shown === 0 ? '' : `${number(first)} to ${number(first + shown - 1)} of ${number(all)}`;
  const link = (to: number, text: string) => html`<li><a href="${linkTo(to)}">${text}</a></li>`;
  return html`<p class="quiet">${place}</p>
${pages === 1 ? '' : html`<nav class="filter" aria-label="${name}"><ul>${page > 1 ? link(Math.min(page - 1, pages), 'previous') : ''}${page < pages ? link(page + 1, 'next') : ''}</ul></nav>`}`;
}

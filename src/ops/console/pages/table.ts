import { html, type Markup } from './markup.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Its cells are numbers. */
  readonly isCount?: boolean;
}

/** What a table shows. */
export interface Table {
  /** For those who do not see it. */
  readonly name: string;
  readonly columns: readonly (Column | string)[];
  /** Which column names its row, from 0. */
  readonly rowName?: number;
  readonly rows: readonly (readonly (Markup | string)[])[];
}

/**
 * A table that has room on a phone: there each row is a card, and each cell tells the title of its column. The roles are
 * written down because a browser forgets that a table is one as soon as it is shown as something else.
 */
export function table({ name, columns, rowName = 0, rows }: Table): Markup {
  const heads = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  return html`<div class="wide" role="region" aria-label="${name}" tabindex="0"><table role="table">
<thead role="rowgroup"><tr role="row">${heads.map(
    ({ title, isCount }) =>
      html`<th scope="col" role="columnheader" class="${isCount ? 'count' : ''}">${title}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (cells) =>
      html`<tr role="row">${cells.map((cell, index) => cellMarkup(cell, heads[index], index === rowName))}</tr>`,
  )}</tbody></table></div>`;
}

function cellMarkup(cell: Markup | string, head: Column | undefined, isName: boolean): Markup {
  const { title = '', isCount = false } = head ?? {};
  const kind = isCount ? 'count' : '';
  // What a cell holds is one thing beside its title, whatever it is made of.
  const content = html`<div class="cell">${cell}</div>`;
  return isName
    ? html`<th scope="row" role="rowheader" data-title="${title}" class="${kind}">${content}</th>`
    : html`<td role="cell" data-title="${title}" class="${kind}">${content}</td>`;
}

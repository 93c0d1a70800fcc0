import { html, type Markup } from './markup.ts';

interface Frame {
  readonly title: string;
  /** Who is signed in; empty for nobody. */
  readonly who: string;
  /** Which path of the menu this is. */
  readonly path?: string;
  /** Reloads itself after so many seconds. */
  readonly refreshAfter?: number;
  /** In which the times of the page are; left out where it has none. */
  readonly timeZone?: string;
}

const pages = [
  ['/', 'State'],
  ['/runs', 'Runs'],
  ['/findings', 'Findings'],
  ['/users', 'Users'],
  ['/history', 'History'],
  ['/doctor', 'Doctor'],
  ['/queues', 'Queues'],
] as const;

/** A whole page around its content. */
export function frame({ title, who, path, refreshAfter, timeZone }: Frame, content: Markup): string {
  const menu = html`<nav aria-label="Pages"><ul>${pages.map(
    ([href, name]) =>
      html`<li><a href="${href}"${href === path ? html` aria-current="page"` : ''}>${name}</a></li>`,
  )}</ul></nav><p class="who">signed in as <strong>${who}</strong></p>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${refreshAfter === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshAfter}">`}
<title>${title} – device-caretaker</title>
<link rel="stylesheet" href="/console.css">
<link rel="icon" href="/console.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><p class="brand"><a href="/">device-caretaker</a></p>${who === '' ? '' : menu}</header>
<main id="content">
${content}
</main>
${timeZone === undefined ? '' : html`<footer><p class="quiet">Times in ${timeZone}</p></footer>`}
</body>
</html>
`.toString();
}

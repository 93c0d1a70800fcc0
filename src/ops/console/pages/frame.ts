import { html, type Markup } from './markup.ts';

interface Frame {
  readonly title: string;
  /** Who looks at it; nobody before the secret was given. */
  readonly who: string;
  /** Which of the places in the menu this is. */
  readonly place?: string;
  /** Loads itself anew after so many seconds. */
  readonly refreshAfter?: number;
}

const places = [
  ['/', 'State'],
  ['/runs', 'Runs'],
  ['/findings', 'Findings'],
  ['/queues', 'Queues'],
] as const;

/** A whole page around its content. */
export function frame({ title, who, place, refreshAfter }: Frame, content: Markup): string {
  const menu = html`<nav aria-label="Pages"><ul>${places.map(
    ([path, name]) =>
      html`<li><a href="${path}"${path === place ? html` aria-current="page"` : ''}>${name}</a></li>`,
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
</body>
</html>
`.toString();
}

import { html, type Markup } from './markup.ts';

interface Frame {
  readonly title: string;
  /** Who is signed in; empty for nobody. */
  readonly who: string;
  /** Which path of the menu this is. */
  readonly path?: string;
  /** It changes by itself; left out where it does not. */
  readonly live?: Live;
  /** In which the times of the page are; left out where it has none. */
  readonly timeZone?: string;
}

/** A page that reloads itself for who wants that: whoever reads slowly, or by ear, would lose the place. */
interface Live {
  /** Its own address, without words behind it. */
  readonly path: string;
  readonly isOn: boolean;
  /** How often it reloads itself, in seconds. */
  readonly everySeconds: number;
}

/** Behind the address of a page, it makes the page reload itself. */
export const liveWord = 'live';

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
export function frame({ title, who, path, live, timeZone }: Frame, content: Markup): string {
  // First, so that it is in sight at the top of every page, also on a phone.
  const menu = html`<a class="button danger" href="/pauses/everything">Stop everything</a><nav aria-label="Pages"><ul>${pages.map(
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
${live?.isOn ? html`<meta http-equiv="refresh" content="${live.everySeconds}">` : ''}
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
<footer>${live ? liveLine(live) : ''}${timeZone === undefined ? '' : html`<p class="quiet">Times in ${timeZone}</p>`}</footer>
</body>
</html>
`.toString();
}

function liveLine({ path, isOn, everySeconds }: Live): Markup {
  return isOn
    ? html`<p class="quiet">This page loads itself again every ${everySeconds} seconds. <a href="${path}">Keep it as it is</a></p>`
    : html`<p class="quiet"><a href="${path}?${liveWord}">Load this page again every ${everySeconds} seconds</a></p>`;
}

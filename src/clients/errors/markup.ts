/** What a body of tags is: a web page, or XML of an API. */
export type Markup = 'page' | 'xml';

/** With which elements web pages begin, in the order of how often gateways do. XML of an API has other names. */
const pageElements = new Set(
  'html head body title meta link script style center h1 h2 h3 p div span form table font b a img br hr pre main section header iframe frameset'.split(
    ' ',
  ),
);

/** Declarations, comments and instructions before the first element; a page may have them as well (XHTML). */
const prologue = /^\s*(?:(?:<\?[^>]*>|<!--.*?-->|<!(?!--)[^>]*>)\s*)*/s;
/** No prologue is longer. */
const maxLookedAt = 4096;

/** Whether a body consists of tags, which no answer in JSON does. */
export function isMarkup(body: string): boolean {
  return /^\s*</.test(body.slice(0, 256));
}

/**
 * What a body of tags is. Its first element decides, or the document type: servers call either by the name of the other.
 * The `Content-Type` decides where the body has none.
 */
export function markupOf(body: string, contentType = ''): Markup {
  const start = body.slice(0, maxLookedAt);
  if (/<!doctype\s+html/i.test(start)) return 'page';
  const root = /^<([\w.:-]+)/.exec(start.replace(prologue, ''))?.[1];
  if (root !== undefined) {
    if (pageElements.has(root.toLowerCase())) return 'page';
    return isPageType(contentType) && !/^\s*<\?xml/.test(start) ? 'page' : 'xml';
  }
  return /\bxml\b/i.test(contentType) && !isPageType(contentType) ? 'xml' : 'page';
}

/** Whether a server says of its answer that it is a page. */
export function isPageType(contentType: string): boolean {
  return /^\s*(?:text\/html|application\/xhtml)/i.test(contentType);
}

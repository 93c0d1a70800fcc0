import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, anchorsOf, linksOf, root } from './markdown.ts';

type Pages = ReadonlyMap<string, string>;

/** Links of pages that lead nowhere, each with its page. */
function deadLinks(pages: Pages, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([page, text]) =>
    linksOf(text).flatMap((link) => {
      if (/^[a-z][a-z+.-]*:/.test(link)) return [];
      const [path = '', anchor] = link.split('#', 2);
      const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), decodeURI(path)));
      if (target.startsWith('..')) return [`${page}: ${link} leads out of the project`];
      const file = target.replace(/\/$/, '');
      if (!exists(file)) return [`${page}: ${link} leads to no file`];
      const known = pages.get(file);
      if (anchor === undefined || known === undefined) return [];
      return anchorsOf(known).has(anchor) ? [] : [`${page}: ${link} leads to no heading`];
    }),
  );
}

describe('the relative links of all Markdown pages', () => {
  const pages = allPages();

  it('lead to a file and a heading that are there', () => {
    expect(pages.size).toBeGreaterThan(100);
    expect(deadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]);
  });
});

describe('the check of links', () => {
  const other = '# Other\n\n## Two words, `code_x` & more\n\n## Twice\n\n## Twice\n';
  const files = new Set(['docs/other.md', 'docs', 'src/a.ts']);

  function dead(text: string): string[] {
    const pages = new Map([
      ['docs/page.md', `# Page\n\n${text}\n`],
      ['docs/other.md', other],
    ]);
    return deadLinks(pages, (path) => files.has(path) || path === 'docs/page.md');
  }

  it.each([
    ['[a](none.md)', 'leads to no file'],
    ['![a](none.svg)', 'leads to no file'],
    ['[a](../src/b.ts)', 'leads to no file'],
    ['[a](../../etc/passwd)', 'leads out of the project'],
    ['[a](other.md#none)', 'leads to no heading'],
    ['[a](#none)', 'leads to no heading'],
    ['[a](other.md#twice-2)', 'leads to no heading'],
    ['| cell | [a](none.md) |', 'leads to no file'],
  ])('finds that %s %s', (text, problem) => {
    expect(dead(text)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    '[a](other.md)',
    '[a](other.md#two-words-code_x--more)',
    '[a](other.md#twice) [b](other.md#twice-1)',
    '[a](#page)',
    '[a](../src/a.ts)',
    '[a](../docs/)',
    '[a](https://example.com/none#none)',
    '`[a](none.md)`',
    '```\n[a](none.md)\n```',
  ])('finds nothing wrong with %j', (text) => {
    expect(dead(text)).toEqual([]);
  });
});

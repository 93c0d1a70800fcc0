import { describe, expect, it } from 'vitest';
import { allPages, linksOf, proseLines } from './markdown.ts';

/** Pages that a command writes; the command's own tests hold them. */
const generated = [
  'docs/configuration.md',
  'docs/dependencies.md',
  'docs/findings.md',
  'docs/queue-contract.md',
  'docs/time-lapse.md',
];
const figures = /<!-- What stands between[\s\S]*<!-- Here the figures end\. -->/;

/** Lines of a page that hold more than one sentence. Tables, headings and code have their own form. */
function crowdedLines(text: string): string[] {
  return proseLines(text.replace(figures, '')).filter((line) => {
    if (/^\s*(\||#|>|<)/.test(line) || /^ {4}\S/.test(line)) return false;
    const plain = line
      .replace(/^\s*(?:[-*]|\d+\.)\s+/, '')
      .replace(/`[^`]*`/g, 'x')
      .replace(/\]\([^)]*\)/g, ']');
    return /[\p{L}\p{N})\]%“”"'’_*][.!?][*_"”’)\]]* +[*_"“‘([]*\p{Lu}/u.test(plain);
  });
}

/** Pages in docs that the index of docs does not name. */
function unlisted(index: string, pages: readonly string[]): string[] {
  const listed = linksOf(index).map((link) => `docs/${link}`);
  return pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && !listed.includes(page));
}

describe('the pages that people write', () => {
  const pages = [...allPages()].filter(([path]) => !generated.includes(path));

  it('the pages that people write have one sentence a line', () => {
    expect(pages.length).toBeGreaterThan(100);
    expect(pages.flatMap(([path, text]) => crowdedLines(text).map((line) => `${path}: ${line}`))).toEqual([]);
  });
});

describe('the index of docs', () => {
  it('the index of docs names every page', () => {
    const pages = allPages();
    const others = [...pages.keys()].filter((path) => path !== 'docs/README.md');
    expect(unlisted(pages.get('docs/README.md') ?? '', others)).toEqual([]);
  });

  it('that forgets a page is found', () => {
    expect(unlisted('[a](a.md)', ['docs/a.md', 'docs/b.md', 'src/b.md'])).toEqual(['docs/b.md']);
  });
});

describe('the check of sentences', () => {
  it.each([
    'One sentence. Another one.',
    'It has `code`. Then more.',
    '- **Bold.** And more.',
    'A [link](a.md). Another.',
    'Is it? Yes.',
    'It is 80 %. More follows.',
    'Send SIGTERM. Wait.',
  ])('finds two in %j', (line) => {
    expect(crowdedLines(`# Title\n\n${line}\n`)).toEqual([line]);
  });

  it.each([
    'One sentence, 1.5 s long, about `a. B` and a.b.C.',
    '| a cell. | Another. |',
    '> Quoted. As it is.',
    '```\nCode. More code.\n```',
    '## 0001. Title',
    'It says “yes”, and e.g. `No`.',
    'One.\nTwo.',
    '1. **Step**, and more.',
  ])('finds one at most in each line of %j', (text) => {
    expect(crowdedLines(text)).toEqual([]);
  });
});

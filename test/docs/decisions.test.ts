import { describe, expect, it } from 'vitest';
import { allPages, tableBelow } from './markdown.ts';

const folder = 'docs/decisions/';
const headings = ['## Context', '## Decision', '## Consequences'];

interface Decision {
  readonly number: string;
  readonly title: string;
  readonly date: string;
  readonly status: string;
}

/** What a file of a decision says of it, or what is wrong with the file. */
function readDecision(name: string, text: string): Decision | string {
  const [, number] = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/.exec(name) ?? [];
  if (number === undefined) return `${name}: the name is not NNNN-title.md`;
  const [, title] = new RegExp(`^# ${number}\\. (.+)$`, 'm').exec(text) ?? [];
  if (title === undefined) return `${name}: the title does not begin with its number`;
  const [, date] = /^Date: (\d{4}-\d{2}-\d{2})$/m.exec(text) ?? [];
  if (date === undefined) return `${name}: there is no Date`;
  const [, status] = /^Status: (accepted|superseded by .+)$/m.exec(text) ?? [];
  if (status === undefined) return `${name}: there is no Status`;
  const found = text.split('\n').filter((line) => line.startsWith('## '));
  if (found.join() !== headings.join()) return `${name}: the headings are not ${headings.join(', ')}`;
  return { number, title, date, status };
}

/** Everything in which the files of decisions and the table of their index differ. */
function problems(files: ReadonlyMap<string, string>, index: string): string[] {
  const decisions = [...files].map(([name, text]) => ({ name, read: readDecision(name, text) }));
  const rows = tableBelow(index, '# Decisions').map((cells) => cells.join(' | '));
  const expected = decisions.flatMap(({ name, read }) =>
    typeof read === 'string'
      ? []
      : [`[${read.number}](${name}) | ${read.title} | ${read.date} | ${read.status}`],
  );
  const numbers = expected.map((row) => row.slice(1, 5));
  return [
    ...decisions.flatMap(({ read }) => (typeof read === 'string' ? [read] : [])),
    ...numbers
      .filter((number, at) => numbers.indexOf(number) !== at)
      .map((number) => `${number} is there twice`),
    ...expected.filter((row) => !rows.includes(row)).map((row) => `the index lacks: ${row}`),
    ...rows.filter((row) => !expected.includes(row)).map((row) => `the index has, and no file: ${row}`),
  ];
}

describe('the decisions', () => {
  it('the decisions have a file each with number, date, status and three headings, and a row in the index', () => {
    const pages = allPages();
    const files = new Map(
      [...pages]
        .filter(([path]) => path.startsWith(folder) && !path.endsWith('/README.md'))
        .map(([path, text]) => [path.slice(folder.length), text]),
    );
    expect(files.size).toBeGreaterThan(80);
    expect(problems(files, pages.get(`${folder}README.md`) ?? '')).toEqual([]);
  });
});

describe('the check of the decisions', () => {
  const text =
    '# 0001. One\n\nDate: 2026-01-01\n\nStatus: accepted\n\n## Context\n\nA.\n\n## Decision\n\nB.\n\n## Consequences\n\nC.\n';
  const index =
    '# Decisions\n\n| number | decision | date | status |\n| --- | --- | --- | --- |\n| [0001](0001-one.md) | One | 2026-01-01 | accepted |\n';

  it('finds nothing wrong with a decision and its row', () => {
    expect(problems(new Map([['0001-one.md', text]]), index)).toEqual([]);
  });

  it.each<[what: string, name: string, text: string, problem: string]>([
    ['a file without a number', 'one.md', text, 'the name is not NNNN-title.md'],
    ['a title of another number', '0002-one.md', text, 'the title does not begin with its number'],
    ['a decision without a date', '0001-one.md', text.replace('Date', 'Day'), 'there is no Date'],
    ['a status that is none', '0001-one.md', text.replace('accepted', 'perhaps'), 'there is no Status'],
    ['a decision without consequences', '0001-one.md', text.replace('## Cons', '### Cons'), 'the headings'],
    ['another title in the index', '0001-one.md', text.replace('One', 'Two'), 'the index lacks'],
    [
      'another date in the index',
      '0001-one.md',
      text.replace('01-01', '01-02'),
      'the index has, and no file',
    ],
  ])('the check of the decisions finds %s', (_what, name, changed, problem) => {
    expect(problems(new Map([[name, changed]]), index)).toContainEqual(expect.stringContaining(problem));
  });

  it('finds a number that two files have', () => {
    const files = new Map([
      ['0001-one.md', text],
      ['0001-two.md', text],
    ]);
    expect(problems(files, index)).toContain('0001 is there twice');
  });
});

import { expect, it } from 'vitest';
import { allPages } from './markdown.ts';

const mark = '**To do on an upgrade**';
const pages = allPages();
const notes = pages.get('docs/upgrading.md') ?? '';

it('the upgrade notes name everything that an entry of the changelog with something to do names', () => {
  const entries = (pages.get('CHANGELOG.md') ?? '').split(/^- /m).filter((entry) => entry.includes(mark));
  expect(entries.length).toBeGreaterThan(5);
  const named = entries.flatMap((entry) => {
    const [line = ''] = entry.slice(entry.indexOf(mark)).split('\n');
    return [...line.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  });
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !notes.includes(name))).toEqual([]);
});

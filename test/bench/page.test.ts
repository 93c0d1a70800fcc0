import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawChart } from '../../bench/charts.ts';
import { checkTable, replaceFigures, table } from '../../bench/page.ts';
import type { Chart, Result } from '../../bench/result.ts';

const machine = {
  date: '2026-01-02',
  processor: 'a processor',
  cores: 2,
  memoryGb: 4,
  system: 'Linux',
  versions: { node: '26.0.0' },
};
const chart: Chart = {
  name: 'scale',
  title: 'By the length of the roster',
  kind: 'log-log',
  x: { name: 'users', values: [10, 100] },
  y: '',
  series: [{ name: 'seconds', values: [1.23456, 12] }],
};
const result: Result = {
  name: 'scale',
  title: 'Scale',
  how: 'Two sizes.',
  columns: ['users', 'seconds'],
  rows: [['10', '1.23']],
  checks: [
    { what: 'a kept figure', value: 0.9, atLeast: 0.85 },
    { what: 'a broken figure', value: 2, atMost: 1.3 },
  ],
  charts: [chart],
};
const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');

test('the figures of the page of benchmarks are replaced, and what a person wrote around them stays', () => {
  const once = replaceFigures(page, machine, [result]);
  expect(once).toContain('### Scale');
  expect(once).toContain('Measured on 2026-01-02');
  expect(once).toContain('![By the length of the roster](performance-scale.svg)');
  expect(once.startsWith(page.slice(0, page.indexOf('<!--')))).toBe(true);
  expect(once).toContain('## What was changed to get there');
  expect(replaceFigures(once, machine, [result])).toBe(once);
});

test('a page of benchmarks without its marks is not written over', () => {
  expect(() => replaceFigures('# Performance', machine, [result])).toThrow('has lost its marks');
});

test('the table of budgets says which one is not kept', () => {
  const [, , kept, broken] = checkTable(result.checks).split('\n');
  expect(kept).toMatch(/a kept figure +\| 0\.9 +\| .*0\.85 +\| yes/);
  expect(broken).toMatch(/a broken figure +\| 2 +\| .*1\.3 +\| \*\*no\*\*/);
});

test('the columns of a table are as wide as their widest cell', () => {
  expect(table(['a', 'long name'], [['wide cell', 'x']])).toBe(
    '| a         | long name |\n| --------- | --------- |\n| wide cell | x         |',
  );
});

test('a chart is drawn alike every time, with its title and its figures', () => {
  const drawn = drawChart(chart);
  expect(drawn).toContain('By the length of the roster');
  expect(drawn).toContain('>1.23<');
  expect(drawChart(chart)).toBe(drawn);
});

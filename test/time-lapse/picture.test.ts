import { expect, test } from 'vitest';
import { lapseWithout } from '../../bench/time-lapse/lapse.ts';
import { drawLapses } from '../../bench/time-lapse/picture.ts';
import { markdownTable, weekTable } from '../../bench/time-lapse/tables.ts';
import { countWeeks, sum, totalWeeks } from '../../bench/time-lapse/weeks.ts';
import { setting } from './worlds.ts';

const lapse = lapseWithout(setting(60, 40));

test('the weeks of the picture add up to what was counted, the short last one included', () => {
  const weeks = totalWeeks(countWeeks(lapse, 'notification'));
  expect(weeks).toHaveLength(6);
  expect(sum(weeks)).toBe(lapse.events.filter(({ kind }) => kind === 'notification').length);
  expect(sum(weeks)).toBeGreaterThan(0);
});

test('the same lapses draw the same picture, and other ones another', () => {
  const picture = drawLapses(lapse, lapse);
  expect(drawLapses(lapse, lapse)).toBe(picture);
  expect(drawLapses(lapse, { ...lapse, events: [] })).not.toBe(picture);
});

test('the picture names both measures and the totals of both worlds', () => {
  const picture = drawLapses(lapse, { ...lapse, events: [] });
  const notifications = sum(totalWeeks(countWeeks(lapse, 'notification')));
  expect(picture).toMatch(/^<svg /);
  expect(picture).toContain(`without: ${notifications} notifications sent`);
  expect(picture).toContain('with: 0 notifications sent');
  expect(picture).toContain('with: 0 devices timed out');
});

test('a table of weeks ends with the sums', () => {
  const table = weekTable('timeout', lapse, { ...lapse, events: [] }).split('\n');
  expect(table).toHaveLength(2 + 6 + 1);
  expect(table.at(-1)).toContain(`${sum(totalWeeks(countWeeks(lapse, 'timeout')))} → 0`);
});

test('a table is aligned: text to the left, numbers to the right', () => {
  expect(markdownTable(['who', 'n'], [['somebody', '7']]).split('\n')).toEqual([
    '| who      |   n |',
    '| -------- | --: |',
    '| somebody |   7 |',
  ]);
});

import { expect, test } from 'vitest';
import { figure, spreadOf, spreadText } from '../../bench/stats.ts';

test.each([
  [[3, 1, 2], { median: 2, min: 1, max: 3 }],
  [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
  [[10, 9, 100], { median: 10, min: 9, max: 100 }],
  [[7], { median: 7, min: 7, max: 7 }],
])('the spread of the measured values %j is %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test('nothing measured is no number, and not zero', () => {
  expect(spreadOf([]).median).toBeNaN();
  expect(figure(spreadOf([]).median)).toBe('–');
});

test.each([
  [48_312, '48,300'],
  [0.87449, '0.874'],
  [3.6789, '3.68'],
  [59.94, '59.9'],
  [0, '0'],
  [0.00042, '0'],
])('the measured number %d is written as %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test('a spread names its extremes only when there are any', () => {
  expect(spreadText({ median: 2, min: 1, max: 3 })).toBe('2 (1 – 3)');
  expect(spreadText({ median: 2, min: 2, max: 2 })).toBe('2');
});

import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvLines } from '../../../src/commands/terminal/print-csv.ts';

it.each(['=1+1', '+47', '-1', '@SUM(A1)', '\ta', '\r=1'])(
  'a cell of CSV that a spreadsheet would take for a formula (%j) gets an apostrophe in front',
  (cell) => {
    expect(parse(csvLines([[cell, 'a']]))).toEqual([[`'${cell}`, 'a']]);
  },
);

it('a cell of CSV holds no formula behind what Excel takes for its end in another language', () => {
  expect(parse(csvLines([['phone;=1+1', 'a\n=1', 'a; b']]))).toEqual([["phone;'=1+1", 'a\n=1', 'a; b']]);
});

it('a cell of CSV comes back as it was, with quotes, commas, ends of lines and letters of all kinds', () => {
  const rows = [
    ['Åse "the boss"', 'a,b;c', 'two\nlines'],
    ['', "John's iPhone", '名前 = 1'],
  ];
  expect(csvLines([['one', 'two', 'three']])).toBe('one,two,three\r\n');
  expect(parse(csvLines(rows))).toEqual(rows);
});

it('a cell of CSV gives a terminal nothing to obey', () => {
  expect(csvLines([['\u001b[2J\u202ename\ufeff']])).toBe('\\u001b[2J\\u202ename\\ufeff\r\n');
});

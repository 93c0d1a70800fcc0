import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableJson } from '../../src/security/escape.ts';

it.each([
  ['an escape', '\u001b[31m', '\\u001b[31m'],
  ['the end of a line', 'a\r\nb', 'a\\u000d\\u000ab'],
  ['a tab', 'a\tb', 'a\\u0009b'],
  ['the last character before the blank', '\u001f', '\\u001f'],
  ['a deleted character', '\u007f', '\\u007f'],
  ['the last control character of Latin-1', '\u009f', '\\u009f'],
  ['a turn of the direction of writing', 'a\u202eb', 'a\\u202eb'],
  ['a letter without a shape', 'a\u200bb', 'a\\u200bb'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['a paragraph separator', 'a\u2029b', 'a\\u2029b'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
  ['a letter without a shape beyond the first plane', 'a\u{e0001}b', 'a\\udb40\\udc01b'],
])('a text for a terminal shows %s by its number', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it.each(['', 'Åsa Öberg', 'a b', '\u00a0', '👩\u200d🚀', 'می\u200cخواهم', '"quoted" \\u001b'])(
  'a text for a terminal that a person can read stays as it is: %j',
  (text) => {
    expect(printable(text)).toBe(text);
  },
);

it.each([
  ['an escape', '\u001b', '"\\u001b"'],
  ['a deleted character', '\u007f', '"\\u007f"'],
  ['the last control character of Latin-1', '\u009f', '"\\u009f"'],
  ['a turn of the direction of writing', '\u202e', '"\\u202e"'],
  ['a line separator', '\u2028', '"\\u2028"'],
  ['a paragraph separator', '\u2029', '"\\u2029"'],
  ['a character beside the control characters', '\u00a0', '"\u00a0"'],
  ['a letter', 'Å', '"Å"'],
])('a JSON document for a terminal shows %s so that it is harmless', (_what, text, shown) => {
  expect(printableJson(JSON.stringify(text))).toBe(shown);
});

it('a JSON document for a terminal keeps its lines and means the same afterwards', () => {
  expect(printableJson('{\n  "a": 1\n}\n')).toBe('{\n  "a": 1\n}\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printableJson(JSON.stringify({ [text]: [text] }));
      expect(JSON.parse(shown)).toEqual({ [text]: [text] });
      expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});

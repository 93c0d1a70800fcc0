import { describe, expect, it } from 'vitest';
import { patterns } from '../../../src/config/kinds/pattern.ts';
import { read } from './kind-cases.ts';

function isIn(source: string, text: string): boolean {
  const [pattern] = read(patterns, source) ?? [];
  if (!pattern) throw new Error(`${source} was not taken`);
  return pattern.isIn(text);
}

describe('a pattern', () => {
  it.each([
    ['^test', 'TEST phone', true],
    ['^test', 'a test', false],
    ['phone$', 'my Phone', true],
    ['läs|platta', 'ÅSAS LÄSPLATTA', true],
    ['^\\d{2}\\x2C\\w+$', '42,abc', true],
    ['^.$', '\u{1f4f1}', true],
    ['\\p{Lu}\\x{e5}', 'Äå', true],
    ['[^\\s-]+-\\bpad', 'i-pad', true],
    ['^(?:outlook|edge)(?<version> \\d+)?$', 'Outlook 16', true],
    ['', '', undefined],
  ])('the pattern %s in the text %j: %s', (source, text, found) => {
    if (found === undefined) expect(read(patterns, source)).toBeUndefined();
    else expect(isIn(source, text)).toBe(found);
  });

  it.each([
    '(a+)+$',
    '^(a|a)*$',
    '(a|aa)+$',
    '(.*)*x',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    'a*a*a*a*a*a*a*b',
    '(a?){100}a{100}$',
  ])(
    'the pattern %s, which would take hours otherwise, comes to its end on the longest name of a device',
    (source) => {
      expect(isIn(source, `${'a'.repeat(4095)}!`)).toBe(false);
    },
  );

  it('a pattern of 1000 instructions is taken, and one of 1001 is not', () => {
    expect(read(patterns, 'a{998}')).toHaveLength(1);
    expect(read(patterns, 'a{999}')).toBeUndefined();
  });
});

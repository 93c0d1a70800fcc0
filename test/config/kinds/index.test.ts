import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as kind from '../../../src/config/kinds/index.ts';
import { garbage } from '../garbage.ts';
import { read, testKinds } from './kind-cases.ts';

testKinds([
  {
    name: 'text',
    of: kind.text,
    right: [
      ['a b ', 'a b '],
      ['\n.', '\n.'],
    ],
    wrong: ['', '  ', '\t\r\n', '\u00a0'],
  },
  {
    name: 'secret',
    of: kind.secretText,
    right: [
      ['0123456789abcdef', '0123456789abcdef'],
      [' 0123456789abcdef\n', '0123456789abcdef'],
    ],
    wrong: ['', '0123456789abcde', '0123456789 abcdef'],
  },
  {
    name: 'flag',
    of: kind.flag,
    right: [
      ['true', true],
      [' false ', false],
    ],
    wrong: ['yes', '1', '0', 'on', 'enabled', 'True', 'true,', ''],
  },
  {
    name: 'one of some words',
    of: kind.oneOf('observe', 'enforce'),
    right: [['enforce\r', 'enforce']],
    wrong: ['Enforce', 'observe,enforce', 'constructor', ''],
  },
  {
    name: 'some of some words',
    of: kind.someOf('expired', 'waiting'),
    right: [
      ['waiting', ['waiting']],
      [' waiting , expired,waiting,', ['waiting', 'expired']],
    ],
    wrong: ['', ',', 'all', 'expired,open', 'expired waiting'],
  },
  {
    name: 'regular expressions',
    of: kind.patterns,
    right: [
      [
        '^test, outlook,',
        [expect.objectContaining({ source: '^test' }), expect.objectContaining({ source: 'outlook' })],
      ],
      ['a\\x2Cb', [expect.objectContaining({ source: 'a\\x2Cb' })]],
    ],
    // Look-around and back-references cannot be matched in linear time.
    wrong: ['', ',', '(', 'a,[', '\\q', '(?=a)', '(?!a)b', '(?<=a)b', '(a)\\1', '(?<n>a)\\k<n>'],
  },
  {
    name: 'version',
    of: kind.version,
    right: [
      ['10.2.7', '10.2.7'],
      [' 1.2.3.4 ', '1.2.3.4'],
    ],
    wrong: ['', 'v10', '10.', '.1', '10.2-beta', '1.2.3.4.5', '1 2'],
  },
  {
    name: 'versions by name',
    of: kind.versionsByName,
    right: [
      [
        'iOS=15, android = 9,',
        new Map([
          ['ios', '15'],
          ['android', '9'],
        ]),
      ],
    ],
    wrong: ['', ',', 'ios', 'ios=', '=15', ' =15', 'ios=15=16', 'ios=15=', 'ios=new', 'ios=15,android'],
  },
]);

it('what is expected of a word is told with all the words', () => {
  expect(kind.oneOf('a', 'b').expected).toBe('a or b');
  expect(kind.oneOf('a', 'b', 'c').expected).toBe('a, b or c');
});

describe('A file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'caretaker-kinds-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a file that a setting names has to be there and to be a file', () => {
    const path = join(folder, 'ca.pem');
    writeFileSync(path, 'x');
    expect(read(kind.file, path)).toBe(path);
    expect(read(kind.file, ` ${path}\n`)).toBe(path);
    expect(read(kind.file, folder)).toBeUndefined();
    expect(read(kind.file, join(folder, 'other.pem'))).toBeUndefined();
  });
});

test('no text makes any kind of setting throw', () => {
  const all = [
    ...[kind.text, kind.secretText, kind.flag, kind.file, kind.patterns, kind.version, kind.versionsByName],
    ...[
      kind.oneOf('a', 'b'),
      kind.someOf('a', 'b'),
      kind.integer(1, 50),
      kind.integers,
      kind.share,
      kind.amount,
    ],
    ...[kind.apiUrl, kind.collectorUrl, kind.redisUrl, kind.servers(6379), kind.keyPrefix],
    ...[kind.headerName, kind.headerValue, kind.headerPairs],
    ...[kind.duration, kind.wait, kind.timeZone, kind.schedule, kind.hours],
  ];
  fc.assert(
    fc.property(fc.constantFrom(...all), garbage, (of, text) => {
      expect(typeof of.schema.safeParse(text).success).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});

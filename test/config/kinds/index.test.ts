import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Duration } from 'luxon';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as kind from '../../../src/config/kinds/index.ts';
import type { Kind } from '../../../src/config/kinds/kind.ts';
import { garbage } from '../garbage.ts';

function read<T>(of: Kind<T>, text: string): T | undefined {
  const result = of.schema.safeParse(text);
  return result.success ? result.data : undefined;
}

interface Row {
  readonly name: string;
  readonly of: Kind<unknown>;
  /** Texts that are right, with what they mean. */
  readonly right: readonly (readonly [text: string, value: unknown])[];
  readonly wrong: readonly string[];
}

const rows: readonly Row[] = [
  { name: 'text', of: kind.text, right: [['a b ', 'a b ']], wrong: ['', '  '] },
  {
    name: 'flag',
    of: kind.flag,
    right: [
      ['true', true],
      [' false ', false],
    ],
    wrong: ['yes', '1', 'True', ''],
  },
  {
    name: 'one of some words',
    of: kind.oneOf('observe', 'enforce'),
    right: [['enforce\r', 'enforce']],
    wrong: ['Enforce', 'observe,enforce', ''],
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
    name: 'whole number in a range',
    of: kind.integer(1, 50),
    right: [
      ['1', 1],
      ['050', 50],
    ],
    wrong: ['0', '51', '1.5', '1e1', '0x10', '', '-1', 'five', '5 5'],
  },
  {
    name: 'whole numbers',
    of: kind.integers,
    right: [['1, -2,3', [1, -2, 3]]],
    wrong: ['', '1;2', '1.5', '12345678901', 'a'],
  },
  {
    name: 'share',
    of: kind.share,
    right: [
      ['0', 0],
      ['0.25', 0.25],
      ['1', 1],
    ],
    wrong: ['1.01', '-0.1', '50%', '.5', '1e-1', ''],
  },
  {
    name: 'amount',
    of: kind.amount,
    right: [
      ['0', 0],
      ['0.5', 0.5],
      ['2000', 2000],
    ],
    wrong: ['-1', 'Infinity', '1e3', '9999999999', ''],
  },
  {
    name: 'time zone',
    of: kind.timeZone,
    right: [
      ['UTC', 'UTC'],
      ['Europe/Stockholm', 'Europe/Stockholm'],
    ],
    wrong: ['Europe/Sthlm', 'local', 'system', ''],
  },
  {
    name: 'schedule',
    of: kind.schedule,
    right: [
      ['15 2 * * *', { pattern: '15 2 * * *' }],
      ['0 15 2 * * MON-THU', { pattern: '0 15 2 * * MON-THU' }],
      ['0 4 29 2 *', { pattern: '0 4 29 2 *' }],
      ['every PT15M', { everyMs: 900_000 }],
      ['Every  P1D', { everyMs: 86_400_000 }],
      ['every PT0.0333M', { everyMs: 1998 }],
    ],
    wrong: [
      ...['', '* * * *', '@daily', '60 2 * * *', '15 2 * * * * *', '15 2 * * MOO'],
      // Days that never come, and a time drawn by lot.
      ...['0 4 31 2 *', '0 4 30 2 *', 'H H * * *', 'H(1-5) 2 * * *'],
      ...['every', 'every 15 minutes', 'every PT0S', 'every PT0.5S', 'every P1M', 'every P1Y'],
    ],
  },
  {
    name: 'hours',
    of: kind.hours,
    right: [
      [
        '22:00-05:30 Europe/Stockholm',
        { fromMinute: 22 * 60, toMinute: 5 * 60 + 30, zone: 'Europe/Stockholm' },
      ],
    ],
    wrong: ['22:00-05:00', '22:00-22:00 UTC', '24:00-05:00 UTC', '22-05 UTC', '22:00-05:00 Mars', ''],
  },
  {
    name: 'regular expressions',
    of: kind.patterns,
    right: [['^test, outlook', [/^test/iu, /outlook/iu]]],
    wrong: ['', ',', '(', 'a,[', '\\q'],
  },
  {
    name: 'version',
    of: kind.version,
    right: [['10.2.7', '10.2.7']],
    wrong: ['', 'v10', '10.', '10.2-beta', '1.2.3.4.5'],
  },
  {
    name: 'versions by name',
    of: kind.versionsByName,
    right: [
      [
        'iOS=15, android = 9',
        new Map([
          ['ios', '15'],
          ['android', '9'],
        ]),
      ],
    ],
    wrong: ['', 'ios', 'ios=', '=15', 'ios=15=16', 'ios=new'],
  },
  {
    name: 'servers',
    of: kind.servers(6379),
    right: [
      ['one.example', [{ host: 'one.example', port: 6379 }]],
      [
        ' 10.0.0.1:7000 , [fd00::7]:7001,[::1],',
        [
          { host: '10.0.0.1', port: 7000 },
          { host: 'fd00::7', port: 7001 },
          { host: '::1', port: 6379 },
        ],
      ],
    ],
    wrong: [
      '',
      ',',
      'one:',
      'one:x',
      'one:70000',
      'redis://one',
      'user@one',
      'one two',
      'fd00::7',
      'one,two/3',
    ],
  },
  {
    name: 'key prefix',
    of: kind.keyPrefix,
    right: [['{caretaker}', '{caretaker}']],
    wrong: ['', 'a:b', 'a b', 'x'.repeat(65)],
  },
  {
    name: 'header name',
    of: kind.headerName,
    right: [['X-Api-Key', 'X-Api-Key']],
    wrong: ['', 'X Api', 'X:', 'Ö'],
  },
  {
    name: 'header value',
    of: kind.headerValue,
    right: [['Token åäö 7T:abc==', 'Token åäö 7T:abc==']],
    wrong: ['', 'a\nb', 'a\r\nX-Other: 1', 'a\0', '€'],
  },
];

it('what is expected of a word is told with all the words', () => {
  expect(kind.oneOf('a', 'b').expected).toBe('a or b');
  expect(kind.oneOf('a', 'b', 'c').expected).toBe('a, b or c');
});

describe.each(rows)('A value of the kind $name', ({ name, of, right, wrong }) => {
  it.each(right)(`a value of the kind ${name} is right as %j`, (text, value) => {
    expect(read(of, text)).toEqual(value);
  });
  it.each(wrong)(`a value of the kind ${name} is wrong as %j`, (text) => {
    expect(read(of, text)).toBeUndefined();
  });
});

describe('A duration', () => {
  it.each(['PT15M', 'PT36H', 'P30D', 'P5Y', 'PT0.5S', ' P1DT2H '])('a duration is right as %j', (text) => {
    expect(read(kind.duration, text)?.toMillis()).toBe(Duration.fromISO(text.trim()).toMillis());
  });
  it.each(['', '15', '15M', 'PT', 'P', 'PT0S', '-PT5M', 'PT-5M', 'P1000Y', 'PT0.0001S', 'soon'])(
    'a duration is wrong as %j',
    (text) => {
      expect(read(kind.duration, text)).toBeUndefined();
    },
  );
  it('a duration may be at most a day where somebody waits for it, because a timer set for a month fires at once', () => {
    expect(read(kind.wait, 'P1D')?.toMillis()).toBe(86_400_000);
    expect(read(kind.wait, 'PT24H1S')).toBeUndefined();
  });
});

describe('The address of a web API', () => {
  it.each([
    ['https://id.example/api', 'https://id.example/api/'],
    ['http://127.0.0.1:8080/Site/API/', 'http://127.0.0.1:8080/Site/API/'],
  ])('the address of a web API is right as %j and ends in a slash', (text, href) => {
    expect(read(kind.apiUrl, text)?.href).toBe(href);
  });
  it.each([
    ...['', 'id.example/api', 'ftp://id.example/api/', 'https://id.example/', 'https://id.example/api/v1'],
    ...['https://user@id.example/api/', 'https://id.example/api/?key=1', 'https://id.example/api/#top'],
  ])('the address of a web API is wrong as %j', (text) => {
    expect(read(kind.apiUrl, text)).toBeUndefined();
  });
});

describe('The address of Redis', () => {
  it.each([
    'redis://127.0.0.1:6379',
    'redis://r',
    'rediss://user:p%40ss@redis.example:6380/5',
    'redis://:secret@[::1]:6379/0',
    'unix:///run/redis.sock',
    'unix:///run/redis.sock?db=3',
  ])('the address of Redis is right as %j', (text) => {
    expect(read(kind.redisUrl, text)?.href).toBe(new URL(text).href);
  });
  it('the address of Redis may carry user and password for a socket', () => {
    const url = read(kind.redisUrl, 'unix://user:p%40ss@/run/redis.sock?db=3');
    expect([url?.username, url?.password, url?.pathname, url?.search]).toEqual([
      'user',
      'p%40ss',
      '/run/redis.sock',
      '?db=3',
    ]);
  });
  it.each([
    ...[
      '',
      'localhost:6379',
      'redis:6379',
      'redis://',
      'http://redis/',
      'redis://host/main',
      'redis://host/0/1',
    ],
    ...[
      'redis://host?db=2',
      'redis://:50%@host',
      'unix://',
      'unix:///',
      'unix:///x?db=a',
      'unix:///x?database=1',
      'unix://run/redis.sock',
      'unix:///run/50%.sock',
    ],
  ])('the address of Redis is wrong as %j', (text) => {
    expect(read(kind.redisUrl, text)).toBeUndefined();
  });
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
    expect(read(kind.file, folder)).toBeUndefined();
    expect(read(kind.file, join(folder, 'other.pem'))).toBeUndefined();
  });
});

test('no text makes any kind of setting throw', () => {
  const all = [...rows.map(({ of }) => of), kind.duration, kind.wait, kind.apiUrl, kind.redisUrl, kind.file];
  fc.assert(
    fc.property(fc.constantFrom(...all), garbage, (of, text) => {
      expect(typeof of.schema.safeParse(text).success).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});

test('a whole number survives being written as a setting', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000 }), (number) => {
      expect(read(kind.integer(-1_000_000), String(number))).toBe(number);
    }),
  );
});

test('an interval survives being written as a schedule', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 400 * 86_400_000 }), (everyMs) => {
      expect(read(kind.schedule, `every ${Duration.fromMillis(everyMs).toISO()}`)).toEqual({ everyMs });
    }),
  );
});

describe('A value at the limit of its kind', () => {
  it.each<[what: string, of: Kind<unknown>, text: string, isRight: boolean]>([
    ['a secret of 16 characters', kind.secretText, 'a'.repeat(16), true],
    ['a secret of 15 characters', kind.secretText, 'a'.repeat(15), false],
    ['a secret with a blank in it', kind.secretText, `${'a'.repeat(16)} ${'a'.repeat(16)}`, false],
    ['a whole number at the lower bound', kind.integer(3, 5), '3', true],
    ['a whole number below the lower bound', kind.integer(3, 5), '2', false],
    ['a whole number at the upper bound', kind.integer(3, 5), '5', true],
    ['a whole number above the upper bound', kind.integer(3, 5), '6', false],
    ['the largest safe whole number', kind.integer(0), '9007199254740991', true],
    ['a whole number that is not safe', kind.integer(0), '9007199254740993', false],
    ['a whole number of ten digits in a list', kind.integers, '1234567890', true],
    ['a list of whole numbers with a text in it', kind.integers, '1,a', false],
    ['a text behind a whole number in a list', kind.integers, '1a', false],
    ['a text before a whole number in a list', kind.integers, 'a1', false],
    ['a text before a whole number', kind.integer(0), 'a1', false],
    ['an amount of nine digits', kind.amount, '999999999', true],
    ['an amount with a text before it', kind.amount, 'a1', false],
    ['an amount with many fractional digits', kind.amount, '0.12345678901', true],
    ['an amount with a point and no digit behind it', kind.amount, '1.', false],
    ['a version of four numbers', kind.version, '1.2.3.44', true],
    ['a version with a letter before it', kind.version, 'v1.2', false],
    ['a key prefix of 64 characters', kind.keyPrefix, 'x'.repeat(64), true],
    ['a key prefix with every character that is allowed', kind.keyPrefix, '{Az09_-}', true],
    ['the largest port', kind.servers(1), 'one:65535', true],
    ['a port that is too large', kind.servers(1), 'one:65536', false],
    ['a text before an address in brackets', kind.servers(1), 'a[::1]', false],
    ['a duration of a millisecond', kind.duration, 'PT0.001S', true],
    ['a duration of 100 years', kind.duration, 'P100Y', true],
    ['a duration of more than 100 years', kind.duration, 'P100YT1S', false],
    ['an interval of a second', kind.schedule, 'every PT1S', true],
    ['an interval of a millisecond less than a second', kind.schedule, 'every PT0.999S', false],
    ['an interval with a word behind it', kind.schedule, 'every PT15M now', false],
    ['an interval with a word before it', kind.schedule, 'not every PT15M', false],
    ['the first and the last minute of a day', kind.hours, '00:00-23:59 UTC', true],
    ['an hour with 60 minutes', kind.hours, '22:00-05:60 UTC', false],
    ['an hour after the last of a day', kind.hours, '22:00-24:00 UTC', false],
    ['hours with a word before them', kind.hours, 'at 22:00-05:00 UTC', false],
    ['hours with a word behind them', kind.hours, '22:00-05:00 UTC now', false],
    [
      'a header value with every kind of character that is allowed',
      kind.headerValue,
      'a\t ~\u00a0\u00ff',
      true,
    ],
    ['a header value with the last character before the blank', kind.headerValue, 'a\u001fb', false],
    ['a header value with a deleted character', kind.headerValue, 'a\u007fb', false],
    ['a header value with the last control character', kind.headerValue, 'a\u009fb', false],
    ['a header value beyond Latin-1', kind.headerValue, 'a\u0100b', false],
    ['a web API with a user', kind.apiUrl, 'https://user@id.example/api/', false],
    ['a web API with a password alone', kind.apiUrl, 'https://:secret@id.example/api/', false],
    ['a web API with a word behind its api', kind.apiUrl, 'https://id.example/apis/', false],
    ['a Redis whose database has five digits', kind.redisUrl, 'redis://one/12345', true],
    ['a Redis whose database has six digits', kind.redisUrl, 'redis://one/123456', false],
    ['a Redis with a fragment', kind.redisUrl, 'redis://one/1#top', false],
    ['a Redis with a user that cannot be decoded', kind.redisUrl, 'redis://50%@one', false],
    ['a protocol that begins like that of Redis', kind.redisUrl, 'redisss://one', false],
    ['a socket on another host', kind.redisUrl, 'unix://run/redis.sock', false],
    ['a socket with a user', kind.redisUrl, 'unix://user@/run/redis.sock', true],
    ['hours with two blanks before their zone', kind.hours, '22:00-05:00  UTC', true],
    ['a cron expression with two blanks between its fields', kind.schedule, '15  2 * * *', true],
    ['a web API by a protocol that ends like http', kind.apiUrl, 'xhttps://id.example/api/', false],
    ['a Redis by a protocol that ends like its own', kind.redisUrl, 'xredis://one', false],
    ['a socket with the shortest path there is', kind.redisUrl, 'unix:///r', true],
    ['a collector reached by https', kind.collectorUrl, 'https://collector:4318/v1', true],
    ['a collector reached by http', kind.collectorUrl, 'http://collector', true],
    ['a collector by a protocol that ends like http', kind.collectorUrl, 'xhttp://collector', false],
    ['a collector with a user', kind.collectorUrl, 'https://user@collector', false],
    ['a collector with a password alone', kind.collectorUrl, 'https://:secret@collector', false],
    ['a collector with a query', kind.collectorUrl, 'https://collector/?key=1', false],
    ['a collector with a fragment', kind.collectorUrl, 'https://collector/#top', false],
    ['a collector that is no address', kind.collectorUrl, 'collector', false],
    ['headers of which one is wrong', kind.headerPairs, 'a=1,b', false],
    ['a header with a sign before its name', kind.headerPairs, '(a=1', false],
    ['a header with a second line', kind.headerPairs, 'a=1\nb', false],
    ['a header that begins with a control character', kind.headerPairs, 'a=%01b', false],
    ['a header that ends with a control character', kind.headerPairs, 'a=b%01', false],
    ['versions by name of which one is wrong', kind.versionsByName, 'ios=15,android', false],
  ])('%s is judged as a value of its kind (%#)', (_what, of, text, isRight) => {
    expect(read(of, text) !== undefined).toBe(isRight);
  });

  it('hours of the day count their minutes, too', () => {
    expect(read(kind.hours, '22:15-05:30 UTC')).toEqual({ fromMinute: 1335, toMinute: 330, zone: 'UTC' });
  });
});

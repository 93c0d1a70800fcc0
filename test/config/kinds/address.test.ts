import { describe, expect, it } from 'vitest';
import {
  apiUrl,
  collectorUrl,
  keyPrefix,
  proxyUrl,
  redisUrl,
  servers,
} from '../../../src/config/kinds/address.ts';
import { read, testKinds } from './kind-cases.ts';

testKinds([
  {
    name: 'servers',
    of: servers(6379),
    right: [
      ['one.example', [{ host: 'one.example', port: 6379 }]],
      ['one:65535', [{ host: 'one', port: 65_535 }]],
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
      ...['', ',', 'one:', 'one:x', 'one:65536', 'one:123456', 'redis://one', 'user@one', 'one two'],
      ...['fd00::7', '[one]', 'one,two/3'],
    ],
  },
  {
    name: 'key prefix',
    of: keyPrefix,
    right: [
      ['{caretaker}', '{caretaker}'],
      ['x'.repeat(64), 'x'.repeat(64)],
    ],
    wrong: ['', 'a:b', 'a b', 'å', 'x'.repeat(65)],
  },
]);

describe('The address of a web API', () => {
  it.each([
    ['https://id.example/api', 'https://id.example/api/'],
    ['http://127.0.0.1:8080/Site/API/', 'http://127.0.0.1:8080/Site/API/'],
    [' HTTPS://ID.example/a/../api ', 'https://id.example/api/'],
    ['http:id.example/api', 'http://id.example/api/'],
    ['https://id.example/api?', 'https://id.example/api/?'],
  ])('the address of a web API is right as %j and its path ends in a slash', (text, href) => {
    expect(read(apiUrl, text)?.href).toBe(href);
  });
  it.each([
    ...['', 'id.example/api', 'ftp://id.example/api/', 'https://id.example/', 'https://id.example/api/v1'],
    ...['https://user@id.example/api/', 'https://id.example/api/?key=1', 'https://id.example/api/#top'],
    ...['https://:secret@id.example/api/', 'https://id.example/myapi', 'https://id.example/api//'],
    ...['https:///api/x', 'https://id.example:99999/api/'],
  ])('the address of a web API is wrong as %j', (text) => {
    expect(read(apiUrl, text)).toBeUndefined();
  });
});

describe('The address of a collector', () => {
  it.each(['http://collector:4318', 'https://collector.example/otlp/v1'])(
    'the address of a collector is right as %j',
    (text) => {
      expect(read(collectorUrl, text)?.href).toBe(new URL(text).href);
    },
  );
  it.each(['', 'collector:4318', 'grpc://c:4317', 'https://u:p@c', 'http://c?key=1', 'http://c#1'])(
    'the address of a collector is wrong as %j',
    (text) => {
      expect(read(collectorUrl, text)).toBeUndefined();
    },
  );
});

describe('The address of a proxy', () => {
  it.each([
    'http://proxy',
    'http://proxy.example:3128/',
    'http://user:p%40ss@[::1]:8080',
    ' http://user@proxy\n',
  ])('the address of a proxy is right as %j', (text) => {
    expect(read(proxyUrl, text)?.href).toBe(new URL(text.trim()).href);
  });
  it.each([
    ...[
      '',
      'proxy:3128',
      '//proxy',
      'https://proxy',
      'socks5://proxy',
      'http://proxy/path',
      'http://proxy?a=1',
    ],
    ...['http://proxy#1', 'http://:50%@proxy', 'http://50%@proxy'],
  ])('the address of a proxy is wrong as %j', (text) => {
    expect(read(proxyUrl, text)).toBeUndefined();
  });
});

describe('The address of Redis', () => {
  it.each([
    ...['redis://127.0.0.1:6379', 'redis://r', 'rediss://user:p%40ss@redis.example:6380/5'],
    ...['redis://:secret@[::1]:6379/0', 'redis://r/', 'redis://r?', 'unix:///run/redis.sock'],
    'unix:///run/redis.sock?db=3',
  ])('the address of Redis is right as %j', (text) => {
    expect(read(redisUrl, text)?.href).toBe(new URL(text).href);
  });
  it('the address of Redis may carry user and password for a socket', () => {
    const url = read(redisUrl, 'unix://user:p%40ss@/run/redis.sock?db=3');
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
      'redis://host#1',
      'redis://host/123456',
      'redis://:50%@host',
      'unix://',
      'unix:///',
    ],
    ...['unix:///x?db=a', 'unix:///x?database=1', 'unix://run/redis.sock', 'unix:///run/50%.sock'],
    'unix://user@host/redis.sock',
  ])('the address of Redis is wrong as %j', (text) => {
    expect(read(redisUrl, text)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { shownValue } from '../../../src/config/settings/shown-value.ts';

test.each([
  ...[
    'dry',
    'many',
    'True',
    'INFO',
    'a:b',
    'nightly',
    'Europe/Stokholm',
    'X Key',
    'enforce,observe',
    '-1',
    '50%',
  ],
  ...[
    '36h',
    '10 minutes',
    'P7D30',
    'PT36H30',
    '0 3 * * MON',
    '22:00-05:00 UTC',
    '1.2.3',
    '/nowhere/ca.pem',
    '(',
    '',
  ],
])('the wrong value %j is shown', (value) => {
  expect(shownValue(value)).toBe(JSON.stringify(value));
});

test.each([
  'hunter2',
  'Winter2024',
  'Winter-2024!',
  'c0rrect-horse',
  '7T:ZGV2aWNlLWNhcmV0YWtlcg==',
  'dXNlcjpwYXNzd29yZA==',
  'eyJhbGciOi.eyJzdWIi.c2ln',
  '9f86d081884c7d659a2feaa0c55ad015',
  'PsPwKanari',
  'S0mmar kväll',
  '1234abcd5678',
])('the wrong value %j may be a secret, and is not shown', (value) => {
  expect(shownValue(value)).toBe('a value that is not shown, because it may be a secret');
});

test('a wrong address is shown without its user, its password and its query', () => {
  expect(shownValue('https//x://user:pass@host/?q=1')).toBe('"https//x://********@host/?********"');
});

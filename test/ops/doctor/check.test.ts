import { expect, test } from 'vitest';
import { SettingError } from '../../../src/domain/setting-error.ts';
import { linesOf, within } from '../../../src/ops/doctor/check.ts';

const { failed, ok } = linesOf('roster');

test.each([
  [
    'an error for people with its own advice',
    new SettingError('It is wrong.', 'Correct it.'),
    'It is wrong.',
    'Correct it.',
  ],
  [
    'an error of the system in words, without its message',
    Object.assign(new Error('open /secret'), { code: 'EACCES' }),
    'permission denied (EACCES)',
    'Check it.',
  ],
  ['any other error by its message', new Error('it broke'), 'it broke', 'Check it.'],
  ['what is no error', 'it broke', 'it broke', 'Check it.'],
])('a check that failed shows %s', (_what, error, found, remedy) => {
  const line = { subject: 'roster', check: 'file', health: 'fail', found, remedy };
  expect(failed('file', error, 'Check it.')).toEqual(line);
});

test('lines that come in time are passed on as they are', async () => {
  const lines = [ok('file', 'readable')];
  expect(await within(5_000, 'roster', Promise.resolve(lines), 'Check it.')).toBe(lines);
});

test('a check that takes too long has failed, and so has one that throws', async () => {
  const { promise } = Promise.withResolvers<never>();
  expect(await within(20, 'roster', promise, 'Check it.')).toEqual([
    {
      subject: 'roster',
      check: 'time',
      health: 'fail',
      found: 'no result within 0.02 s',
      remedy: 'Check it.',
    },
  ]);
  expect(await within(5_000, 'roster', Promise.reject(new Error('it broke')), 'Check it.')).toEqual([
    { subject: 'roster', check: 'look', health: 'fail', found: 'it broke', remedy: 'Check it.' },
  ]);
});

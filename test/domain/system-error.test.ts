import { expect, it } from 'vitest';
import { codeWords, errorCode, systemErrorText } from '../../src/domain/system-error.ts';

const failed = (code: unknown) => Object.assign(new Error('secret text'), { code });

it.each([
  [failed('ECONNREFUSED'), 'connection refused (ECONNREFUSED)'],
  [failed('ENOSPC'), 'no space left on device (ENOSPC)'],
  [failed('EWEIRD'), 'EWEIRD'],
  [failed(7), 'unknown error'],
  [new Error('secret text'), 'unknown error'],
  ['secret text', 'unknown error'],
  [null, 'unknown error'],
])('a system error is told by the words for its code, and never by its message (%#)', (error, text) => {
  expect(systemErrorText(error)).toBe(text);
});

it('the code of an error is a text, or there is none', () => {
  expect(errorCode(failed('EACCES'))).toBe('EACCES');
  expect(errorCode(failed(13))).toBeUndefined();
  expect(errorCode(undefined)).toBeUndefined();
});

it('a code without words has none', () => {
  expect(codeWords('EHOSTUNREACH')).toBe('no route to host');
  expect(codeWords('EWEIRD')).toBeUndefined();
  expect(codeWords(undefined)).toBeUndefined();
});

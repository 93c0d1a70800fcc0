import { expect, it } from 'vitest';
import { judge } from './advisories.ts';

const metadata = { dependencies: { prod: 165 } };

it('the look-up of advisories says how many packages were looked up when none is vulnerable', () => {
  expect(judge({ vulnerabilities: {}, metadata })).toEqual({
    code: 0,
    text: 'No advisory is known for the 165 production packages.',
  });
});

it('the look-up of advisories names each advisory with its package and what to do, and leaves out who only depends on it', () => {
  const advisory = { title: 'Bad', severity: 'high', url: 'https://github.com/advisories/x', range: '<2' };
  const vulnerabilities = {
    broken: { via: [advisory], fixAvailable: true },
    user: { via: ['broken'], fixAvailable: true },
  };
  expect(judge({ vulnerabilities, metadata })).toEqual({
    code: 1,
    text: 'high: broken <2: Bad (https://github.com/advisories/x); npm audit fix',
  });
});

it.each([
  ['the registry does not serve advisories', { message: '405 Method Not Allowed' }, '405 Method Not Allowed'],
  ['npm says nothing', undefined, 'npm audit gave no answer'],
])('the look-up of advisories never takes silence for a clean record: %s', (_, audit, why) => {
  const { code, text } = judge(audit);
  expect(code).toBe(2);
  expect(text).toContain(`Not looked up: ${why}`);
});

import { expect, it } from 'vitest';
import { finding } from '../../src/policies/finding.ts';

it('the fingerprint of a finding depends on its rule and identity alone, and on each part of them', () => {
  const { fingerprint } = finding('rule', 'low', 'subject', 'detail', [1, 'a', null]);
  expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(finding('rule', 'high', 'other', 'other', [1, 'a', null]).fingerprint).toBe(fingerprint);
  const others = [
    finding('other', 'low', 'subject', 'detail', [1, 'a', null]),
    finding('rule', 'low', 'subject', 'detail', ['1', 'a', null]),
    finding('rule', 'low', 'subject', 'detail', [1, 'a']),
    finding('rule', 'low', 'subject', 'detail', [1, 'a', 'null']),
  ];
  expect(new Set([fingerprint, ...others.map((other) => other.fingerprint)]).size).toBe(5);
});

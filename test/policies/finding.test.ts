import { expect, it } from 'vitest';
import { finding } from '../../src/policies/finding.ts';

const facts = {
  rule: 'rule',
  severity: 'low',
  associates: [1],
  subject: 'subject',
  detail: 'detail',
} as const;

it('the fingerprint of a finding depends on its rule and identity alone, and on each part of them', () => {
  const { fingerprint, ...rest } = finding(facts, [1, 'a', null]);
  expect(rest).toEqual(facts);
  expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  const changed = { ...facts, severity: 'high', subject: 'other', detail: 'other' } as const;
  expect(finding(changed, [1, 'a', null]).fingerprint).toBe(fingerprint);
  const others = [
    finding({ ...facts, rule: 'other' }, [1, 'a', null]),
    finding(facts, ['1', 'a', null]),
    finding(facts, [1, 'a']),
    finding(facts, [1, 'a', 'null']),
  ];
  expect(new Set([fingerprint, ...others.map((other) => other.fingerprint)]).size).toBe(5);
});

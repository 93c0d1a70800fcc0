import { expect, test } from 'vitest';
import { clockLine } from '../../../src/ops/doctor/redis.ts';
import { unitLine } from '../../../src/ops/doctor/unit.ts';
import { certificateLine } from '../../../src/ops/doctor/vendor.ts';

const now = Date.parse('2026-03-02T12:00:00Z');
const days = (count: number) => now + count * 86_400_000;

test.each([
  [22, undefined, 'ok', 'valid for 22 more days'],
  [21, undefined, 'ok', 'valid for 21 more days'],
  [20, undefined, 'warn', 'valid for 20 more days'],
  [-3, 'CERT_HAS_EXPIRED', 'fail', 'expired 3 days ago'],
  [-3, undefined, 'fail', 'expired 3 days ago'],
  [90, 'SELF_SIGNED_CERT_IN_CHAIN', 'fail', 'is not trusted (SELF_SIGNED_CERT_IN_CHAIN)'],
  [90, 'ERR_TLS_CERT_ALTNAME_INVALID', 'fail', 'is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)'],
])('a certificate with %i days left, refused as %s, is %s', (left, untrusted, health, found) => {
  const line = certificateLine('pointsharp', { validToMs: days(left), untrusted }, now);
  expect(line).toMatchObject({ health, found: expect.stringContaining(found) });
});

test.each([
  [0, 'ok'],
  [2000, 'ok'],
  [2001, 'warn'],
  [-30_000, 'warn'],
  [-30_001, 'fail'],
])('a clock of Redis that is %i ms ahead is %s', (apart, health) => {
  expect(clockLine(now + apart, now).health).toBe(health);
});

test.each([
  ['days', 'high', 'days', 'ok'],
  ['days', 'high', 'hours', 'fail'],
  ['days', 'low', 'hours', 'warn'],
  ['days', 'high', undefined, 'warn'],
  ['unknown', 'none', 'days', 'not-checked'],
] as const)(
  'the unit estimated as %s by confidence %s beside %s in the policy is %s',
  (unit, confidence, policy, health) => {
    const against = { minutes: 0, hours: 0, days: 0 };
    const estimate = { unit, confidence, devices: 12, speaking: 12, against };
    expect(unitLine(estimate, policy, 9).health).toBe(health);
  },
);

import { expect, test } from 'vitest';
import { certificateLine } from '../../../../src/ops/doctor/vendors/certificate.ts';

const now = Date.parse('2026-03-02T12:00:00Z');
const days = (count: number) => now + count * 86_400_000;

test.each([
  [22, undefined, 'ok', 'valid for 22 more days'],
  [21, undefined, 'ok', 'valid for 21 more days'],
  [20, undefined, 'warn', 'valid for 20 more days'],
  [-3, 'CERT_HAS_EXPIRED', 'fail', 'expired 3 days ago'],
  [90, 'CERT_HAS_EXPIRED', 'fail', 'is of an authority whose certificate has expired'],
  [90, 'CERT_NOT_YET_VALID', 'fail', 'is not valid yet'],
  [-3, undefined, 'fail', 'expired 3 days ago'],
  [90, 'SELF_SIGNED_CERT_IN_CHAIN', 'fail', 'is not trusted (SELF_SIGNED_CERT_IN_CHAIN)'],
  [90, 'ERR_TLS_CERT_ALTNAME_INVALID', 'fail', 'is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)'],
])('a certificate with %i days left, refused as %s, is %s', (left, untrusted, health, found) => {
  const line = certificateLine('pointsharp', { validToMs: days(left), untrusted }, now);
  expect(line).toMatchObject({ health, found: expect.stringContaining(found) });
});

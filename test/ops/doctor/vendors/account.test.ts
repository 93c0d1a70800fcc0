import { expect, test } from 'vitest';
import { linesOf } from '../../../../src/ops/doctor/check.ts';
import { accountLines } from '../../../../src/ops/doctor/vendors/account.ts';
import { superofficeConfig } from '../../../clients/vendors.ts';

const now = Date.UTC(2026, 8, 1);
const day = 86_400_000;
const account = { user: 'tony@example.com', tenant: 'Cust12345', endsAtMs: undefined };
const { ok, fail } = linesOf('superoffice');
const url = new URL('https://online.superoffice.com/Cust12345/api/');

function lines(
  auth: 'basic' | 'refresh-token' | 'system-user',
  found: object,
  sign = ok('sign-in', 'signed in'),
) {
  const config = {
    superoffice: superofficeConfig(url, { auth, tenant: 'Cust12345' }),
    timeZone: 'America/New_York',
  };
  return accountLines(config, async () => ({ ...account, ...found }), [sign], now);
}

test.for([
  [
    'refresh-token',
    {},
    'ok',
    'signs in as tony@example.com at Cust12345, until the authorization is revoked',
  ],
  [
    'refresh-token',
    { user: undefined },
    'ok',
    'signs in as a user whom the server does not name at Cust12345, until',
  ],
  ['refresh-token', { endsAtMs: now + 21 * day }, 'ok', 'the refresh token ends on 2026-09-21'],
  ['refresh-token', { endsAtMs: now + 21 * day - 1 }, 'warn', 'the refresh token ends on 2026-09-21'],
  [
    'system-user',
    {},
    'ok',
    'signs in as the system user of Cust12345, until an administrator revokes the app',
  ],
] as const)(
  'the doctor says of auth=%s with %j as whom it signs in: %s',
  async ([auth, found, health, text]) => {
    expect(await lines(auth, found)).toEqual([
      expect.objectContaining({ check: 'account', health, found: expect.stringContaining(text) }),
    ]);
  },
);

test('the doctor names no account where nobody signed in, and none for other ways to sign in', async () => {
  const failed = fail('sign-in', 'refused', 'Do something.');
  expect(await lines('refresh-token', {}, failed)).toMatchObject([
    { check: 'account', health: 'not-checked' },
  ]);
  expect(await lines('basic', {})).toEqual([]);
});

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../src/config/settings/read-group.ts';
import { mayPurge, purgeWindowsSettings, type WindowKind } from '../../src/policies/purge-windows.ts';

function may(kind: WindowKind, moment: string, quietHours?: string): boolean {
  const policy = readTexts('PURGE_WINDOWS_', purgeWindowsSettings, quietHours ? { quietHours } : {});
  return mayPurge(kind, policy, DateTime.fromISO(moment, { zone: 'utc' }));
}

describe('Waiting windows', () => {
  it.each([
    ['01:00-05:00 UTC', '2026-06-01T00:59:59Z', false],
    ['01:00-05:00 UTC', '2026-06-01T01:00:00Z', true],
    ['01:00-05:00 UTC', '2026-06-01T04:59:59Z', true],
    ['01:00-05:00 UTC', '2026-06-01T05:00:00Z', false],
    // Over midnight.
    ['22:00-05:00 UTC', '2026-06-01T21:59:59Z', false],
    ['22:00-05:00 UTC', '2026-06-01T22:00:00Z', true],
    ['22:00-05:00 UTC', '2026-06-02T00:00:00Z', true],
    ['22:00-05:00 UTC', '2026-06-02T04:59:59Z', true],
    ['22:00-05:00 UTC', '2026-06-02T05:00:00Z', false],
    ['22:00-00:00 UTC', '2026-06-01T23:59:59Z', true],
    ['22:00-00:00 UTC', '2026-06-02T00:00:00Z', false],
    // In a zone: two hours ahead in summer, one in winter.
    ['22:00-05:00 Europe/Stockholm', '2026-06-01T19:59:59Z', false],
    ['22:00-05:00 Europe/Stockholm', '2026-06-01T20:00:00Z', true],
    ['22:00-05:00 Europe/Stockholm', '2026-12-01T20:59:59Z', false],
    ['22:00-05:00 Europe/Stockholm', '2026-12-01T21:00:00Z', true],
    // On 29 March the clock goes from 02:00 to 03:00: these hours are left out.
    ['02:00-03:00 Europe/Stockholm', '2026-03-29T00:59:59Z', false],
    ['02:00-03:00 Europe/Stockholm', '2026-03-29T01:00:00Z', false],
    ['01:30-03:30 Europe/Stockholm', '2026-03-29T00:30:00Z', true],
    ['01:30-03:30 Europe/Stockholm', '2026-03-29T01:29:59Z', true],
    ['01:30-03:30 Europe/Stockholm', '2026-03-29T01:30:00Z', false],
    // On 25 October the clock goes from 03:00 back to 02:00: these hours come twice.
    ['02:00-03:00 Europe/Stockholm', '2026-10-25T00:00:00Z', true],
    ['02:00-03:00 Europe/Stockholm', '2026-10-25T01:30:00Z', true],
    ['02:00-03:00 Europe/Stockholm', '2026-10-25T02:00:00Z', false],
  ])('a waiting window with quiet hours %s may be removed at %s: %s', (quietHours, moment, expected) => {
    expect(may('waiting', moment, quietHours)).toBe(expected);
  });

  it('a waiting window may be removed at any hour when no quiet hours are set', () => {
    expect(may('waiting', '2026-06-01T12:00:00Z')).toBe(true);
  });
});

describe('Expired windows', () => {
  it('an expired window may be removed at any hour, also outside the quiet hours', () => {
    expect(may('expired', '2026-06-01T12:00:00Z', '22:00-05:00 UTC')).toBe(true);
  });
});

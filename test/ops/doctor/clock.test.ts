import { expect, test } from 'vitest';
import { mostApartMs } from '../../../src/domain/clocks.ts';
import { clockLine } from '../../../src/ops/doctor/clock.ts';
import { redisClock } from '../../../src/ops/doctor/redis.ts';
import { vendorClock } from '../../../src/ops/doctor/vendors/vendor.ts';

const now = Date.parse('2026-03-02T12:00:00Z');

test.each([
  [0, 'ok'],
  [2000, 'ok'],
  [2001, 'warn'],
  [-30_000, 'warn'],
  [-30_001, 'fail'],
])('a clock of Redis that is %i ms ahead is %s', (apart, health) => {
  expect(clockLine('redis', now + apart, now, redisClock).health).toBe(health);
});

test.each([
  [30_000, 'ok'],
  [-30_001, 'warn'],
  [mostApartMs, 'warn'],
  [mostApartMs + 1, 'fail'],
])('a clock of a vendor that is %i ms ahead is %s', (apart, health) => {
  const line = clockLine('pointsharp', now + apart, now, vendorClock);
  expect(line).toMatchObject({ subject: 'pointsharp', health });
});

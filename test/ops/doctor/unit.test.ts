import { expect, test } from 'vitest';
import { unitLine } from '../../../src/ops/doctor/unit.ts';

test.each([
  ['days', 'high', 'days', 'ok'],
  ['days', 'high', 'hours', 'fail'],
  ['days', 'low', 'hours', 'warn'],
  ['days', 'high', undefined, 'warn'],
  ['unknown', 'none', 'days', 'not-checked'],
] as const)(
  'the unit %s by confidence %s beside %s in the policy is %s',
  (unit, confidence, policy, health) => {
    const against = { minutes: 0, hours: 0, days: 0 };
    const estimate = { unit, confidence, devices: 12, speaking: 12, against };
    expect(unitLine(estimate, policy, 9).health).toBe(health);
  },
);

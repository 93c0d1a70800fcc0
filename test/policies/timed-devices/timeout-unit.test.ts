import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  estimateTimeoutUnit,
  timeoutUnits,
  type UnitWitness,
  unitOf,
} from '../../../src/policies/timed-devices/timeout-unit.ts';

const nowMs = Date.parse('2026-03-02T12:00:00Z');
const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

interface Given {
  /** Days until the time-out. */
  readonly left: number;
  readonly conf?: number | null;
  readonly ahead?: number | null;
  readonly sent?: boolean;
}

function device({ left, conf = 30, ahead = 7, sent = false }: Given): UnitWitness {
  return {
    timeout: nowMs + left * unitMs.days,
    timeoutConf: conf,
    timeoutConfAheadNotification: ahead,
    timeoutNotificationSent: sent,
  };
}

const times = (count: number, given: Given) => Array.from({ length: count }, () => device(given));

describe('one device', () => {
  it.each<[string, Given, string[]]>([
    ['lies further ahead than a whole time-out in minutes or hours', { left: 20 }, ['minutes', 'hours']],
    [
      'was warned, earlier than minutes or hours allow',
      { left: 3, conf: 100, sent: true },
      ['minutes', 'hours'],
    ],
    ['was not warned, though days would have it', { left: 1 }, ['minutes', 'days']],
    ['was not warned, and no unit would have it', { left: 0.001, ahead: 0 }, []],
    ['has no time ahead', { left: 1, ahead: null }, ['minutes']],
    [
      'was warned, and its time ahead is a negative number, which means nothing',
      { left: 0.001, ahead: -1, sent: true },
      [],
    ],
    [
      'was warned a day before, though the warning is to come with the time-out',
      { left: 1, ahead: 0, sent: true },
      ['minutes', 'hours', 'days'],
    ],
    ['is no timed device', { left: 20, conf: 0 }, []],
    ['has no TimeoutConf', { left: 20, conf: null }, []],
    ['has timed out', { left: -1 }, []],
    ['times out now', { left: 0, ahead: 0, sent: true }, []],
    ['was warned, and has no time ahead', { left: 1, ahead: null, sent: true }, ['minutes']],
  ])('the estimate of the unit knows what is ruled out by a device that %s', (_title, given, ruledOut) => {
    const { against } = estimateTimeoutUnit([device(given)], nowMs);
    expect(timeoutUnits.filter((unit) => against[unit] > 0)).toEqual(ruledOut);
  });

  it('a device says nothing of the unit when its time-out is over, is none or cannot be read', () => {
    for (const timeout of ['never', 'unreadable'] as const) {
      expect(estimateTimeoutUnit([{ ...device({ left: 1 }), timeout }], nowMs).devices).toBe(0);
    }
    expect(estimateTimeoutUnit([device({ left: 0 })], nowMs).devices).toBe(0);
  });
});

test('two devices are too few to estimate the unit, three give a hint, and ten are sure', () => {
  const estimate = (count: number) => estimateTimeoutUnit(times(count, { left: 20 }), nowMs);
  expect(estimate(0)).toMatchObject({ unit: 'unknown', confidence: 'none', devices: 0 });
  expect(estimate(2)).toMatchObject({ unit: 'unknown', confidence: 'none', devices: 2 });
  expect(estimate(3)).toMatchObject({ unit: 'days', confidence: 'low', speaking: 3 });
  expect(estimate(10)).toMatchObject({ unit: 'days', confidence: 'high', speaking: 10 });
});

test('devices that contradict each other about the unit give no estimate, one among many changes nothing', () => {
  const days = times(20, { left: 20 });
  const strange = (count: number) => times(count, { left: 300 });
  expect(estimateTimeoutUnit([...days, ...strange(1)], nowMs).unit).toBe('days');
  expect(estimateTimeoutUnit([...days, ...strange(5)], nowMs).unit).toBe('unknown');
});

const inUnit = fc.constantFrom(...timeoutUnits).chain((unit) =>
  fc.record({
    unit: fc.constant(unit),
    devices: fc.array(
      fc
        .record({
          conf: fc.integer({ min: 1, max: 1000 }),
          share: fc.double({ min: 0.001, max: 1, noNaN: true }),
        })
        .chain(({ conf, share }) =>
          fc.integer({ min: 0, max: conf }).map((ahead): UnitWitness => {
            const leftMs = Math.ceil(share * conf * unitMs[unit]);
            return {
              timeout: nowMs + leftMs,
              timeoutConf: conf,
              timeoutConfAheadNotification: ahead,
              timeoutNotificationSent: leftMs <= ahead * unitMs[unit],
            };
          }),
        ),
      { maxLength: 60 },
    ),
  }),
);

test('devices that follow one unit are never taken for those of another', () => {
  fc.assert(
    fc.property(inUnit, ({ unit, devices }) => {
      const found = estimateTimeoutUnit(devices, nowMs);
      expect([unit, 'unknown']).toContain(found.unit);
      expect(found.against[unit]).toBe(0);
    }),
  );
});

test('the unit of a policy is one of the three, or none', () => {
  for (const unit of timeoutUnits) expect(unitOf({ unit })).toBe(unit);
  for (const unit of [undefined, 'weeks', 1, null]) expect(unitOf({ unit })).toBeUndefined();
  expect(unitOf({})).toBeUndefined();
});
const slackMs = 5 * 60_000;
test.each<[rule: string, facts: Partial<UnitWitness>, limitMs: number, beyondMs: number]>([
  [
    'a time-out further ahead than a whole one',
    { timeoutConfAheadNotification: null },
    30 * unitMs.hours + slackMs,
    1,
  ],
  ['a warning that went out too early', { timeoutNotificationSent: true }, 7 * unitMs.hours + slackMs, 1],
  ['a warning that has not gone out yet', {}, 7 * unitMs.hours - slackMs, -1],
])(
  'the estimate of the unit puts %s down to clocks that differ, up to five minutes',
  (_rule, facts, limitMs, beyondMs) => {
    const against = (leftMs: number) =>
      estimateTimeoutUnit([{ ...device({ left: 1 }), ...facts, timeout: nowMs + leftMs }], nowMs).against
        .hours;
    expect(against(limitMs)).toBe(0);
    expect(against(limitMs + beyondMs)).toBe(1);
  },
);

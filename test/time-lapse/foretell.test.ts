import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foretell, noCaretaker } from '../../bench/time-lapse/foretell.ts';
import type { Habit, Phone } from '../../simulators/pointsharp/habits.ts';
import { dayMs, hourMs, startMs, ticksEvery } from './worlds.ts';

/** The first warning on day 10 at 00:00, the time-out on day 12; used daily at noon. */
const phone: Phone = {
  slot: 0,
  gotMs: startMs - 200 * dayMs,
  periodDays: 30,
  aheadDays: 2,
  timeoutMs: startMs + 12 * dayMs,
  usesMs: Array.from({ length: 100 }, (_, day) => startMs + (day - 1) * dayMs + 12 * hourMs),
};
const warningMs = startMs + 10 * dayMs;
const rules = { ticksMs: [] as readonly number[], marginMs: 36 * hourMs, activeWithinMs: 14 * dayMs };
const untilMs = startMs + 20 * dayMs;

function habit(changes: Partial<Phone> = {}, heedsWarnings = false): Habit {
  return { person: 1, kind: 'daily', heedsWarnings, phones: [{ ...phone, ...changes }] };
}

/** `kind day`, days counted from the start. */
function told(one: Habit, by: Partial<typeof rules> = {}, toMs = untilMs): string[] {
  return foretell(one, { ...rules, ...by }, toMs).map(
    ({ kind, atMs }) => `${kind} ${(atMs - startMs) / dayMs}`,
  );
}

test.for<[string, number[], string[]]>([
  ['without a tick', [], ['notification 10', 'timeout 12']],
  ['with a tick as the due window opens', [warningMs - 36 * hourMs], []],
  [
    'with a tick just before the due window',
    [warningMs - 36 * hourMs - 1],
    ['notification 10', 'timeout 12'],
  ],
  ['with a tick just before the warning', [warningMs - 1], []],
  ['with a tick at the moment of the warning', [warningMs], ['notification 10']],
  ['with a tick just before the time-out', [startMs + 12 * dayMs - 1], ['notification 10']],
  ['with a tick at the moment of the time-out', [startMs + 12 * dayMs], ['notification 10', 'timeout 12']],
])('the fate of a device is foretold %s', ([, ticksMs, expected]) => {
  expect(told(habit(), { ticksMs })).toEqual(expected);
});

test('a tick saves only a device that was used recently enough, to the millisecond', () => {
  const ticksMs = [warningMs - hourMs];
  const usesMs = [startMs];
  const sinceUseMs = warningMs - hourMs - startMs;
  expect(told(habit({ usesMs }), { ticksMs, activeWithinMs: sinceUseMs })).toEqual([]);
  expect(told(habit({ usesMs }), { ticksMs, activeWithinMs: sinceUseMs - 1 })).toEqual([
    'notification 10',
    'timeout 12',
  ]);
});

test('who heeds a warning extends at his next use, who does not brings the device back after its time-out', () => {
  const toMs = startMs + 50 * dayMs;
  expect(told(habit({}, true), {}, toMs)).toEqual(['notification 10', 'notification 38.5']);
  expect(told(habit({}, false), {}, toMs)).toEqual([
    'notification 10',
    'timeout 12',
    'notification 40.5',
    'timeout 42.5',
  ]);
});

test('a device that nobody uses is warned about once and times out once', () => {
  const abandoned = habit({ usesMs: [startMs - hourMs] });
  expect(foretell(abandoned, noCaretaker, startMs + 500 * dayMs)).toEqual([
    { kind: 'notification', person: 1, atMs: warningMs },
    { kind: 'timeout', person: 1, atMs: startMs + 12 * dayMs },
  ]);
});

test('no device in use is missed when the margin covers the gap and the gap is shorter than the time before a warning', () => {
  const phones = fc.record({
    periodDays: fc.integer({ min: 10, max: 60 }),
    aheadDays: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(
      phones,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 24, max: 12 * 24 }),
      (conf, gapDays, untilWarningHours) => {
        fc.pre(gapDays < conf.periodDays - conf.aheadDays);
        const timeoutMs = startMs + gapDays * dayMs + untilWarningHours * hourMs + conf.aheadDays * dayMs;
        const ticksMs = ticksEvery(gapDays, 90);
        const fits = { ticksMs, marginMs: gapDays * dayMs };
        expect(told(habit({ ...conf, timeoutMs }), fits, startMs + 90 * dayMs)).toEqual([]);
      },
    ),
  );
});

test('with a margin shorter than the gap there is a device that is missed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 8 }), (gapDays, marginDays) => {
      fc.pre(marginDays < gapDays);
      const ticksMs = ticksEvery(gapDays, 30);
      // Warned at the moment of a tick: the due window begins behind the one before.
      const timeoutMs = (ticksMs[1] ?? 0) + phone.aheadDays * dayMs;
      const [first] = foretell(
        habit({ timeoutMs }),
        { ...rules, ticksMs, marginMs: marginDays * dayMs },
        untilMs,
      );
      expect(first).toEqual({ kind: 'notification', person: 1, atMs: ticksMs[1] });
    }),
  );
});

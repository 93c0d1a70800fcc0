import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences, eventsOf, isTooQuickFor } from '../../bench/time-lapse/facts.ts';
import { foretell } from '../../bench/time-lapse/foretell.ts';
import { endMs, lapseWith } from '../../bench/time-lapse/lapse.ts';
import { scenarios, wholeWorld } from '../../bench/time-lapse/scenarios.ts';
import { readSettings } from '../../bench/time-lapse/settings.ts';
import { ConfigError } from '../../src/config/errors.ts';
import { dayMs, hourMs, setting, startMs, ticksEvery } from './worlds.ts';

const anywhere = 'http://127.0.0.1:1/api/';
const fortnightMs = 14 * dayMs;

test('a weekly schedule with a margin of two days is warned about at start, and refused in enforce with the margin that fits', () => {
  const { changes } = scenarios.tooSmall;
  const { config } = readSettings(anywhere, startMs, changes);
  expect(config.warnings).toMatchObject([{ advice: 'set MARGIN to P1WT1H or more, or run more often' }]);
  const enforced = { ...changes, CARETAKER_MODE: 'enforce' };
  expect(() => readSettings(anywhere, startMs, enforced)).toThrow(ConfigError);
  const advised = { ...scenarios.asAdvised.changes, CARETAKER_MODE: 'enforce' };
  expect(readSettings(anywhere, startMs, advised).config.warnings).toEqual([]);
});

test('with a margin that is too small exactly those are missed whose due window holds no tick', async () => {
  const lapse = await lapseWith(wholeWorld, scenarios.tooSmall.changes);
  const ticksMs = ticksEvery(7, wholeWorld.days);
  expect(lapse.ticksMs).toEqual(ticksMs);
  const marginMs = 2 * dayMs;
  const rules = { ticksMs, marginMs, activeWithinMs: fortnightMs };
  const inUse = lapse.habits.filter(({ kind }) => kind === 'daily' || kind === 'weekly');
  const foretold = inUse.map((habit) => foretell(habit, rules, endMs(wholeWorld)));
  const counted = inUse.map(({ person }) => lapse.events.filter((event) => event.person === person));
  expect(counted).toEqual(foretold);
  expect(foretold.filter((events) => events.length > 0).length).toBeGreaterThan(100);
  expect(foretold.filter((events) => events.length === 0).length).toBeGreaterThan(10);
  expect(differences(lapse, rules)).toEqual([]);
  for (const { atMs } of eventsOf(lapse, 'notification', 'daily', 'weekly'))
    expect(ticksMs.filter((tickMs) => tickMs >= atMs - marginMs && tickMs < atMs)).toEqual([]);
}, 240_000);

test('with the margin that the check asks for, nobody is missed but who is warned within a week of every restart', async () => {
  const lapse = await lapseWith(setting(120, 180), scenarios.asAdvised.changes);
  const rules = { ticksMs: ticksEvery(7, 180), marginMs: 7 * dayMs + hourMs, activeWithinMs: fortnightMs };
  expect(differences(lapse, rules)).toEqual([]);
  const missed = new Set(eventsOf(lapse, 'notification', 'daily', 'weekly').map(({ person }) => person));
  const inUse = lapse.habits.filter(({ kind }) => kind === 'daily' || kind === 'weekly');
  const quick = inUse.filter((habit) => isTooQuickFor(7 * dayMs, habit)).map(({ person }) => person);
  expect([...missed].sort()).toEqual(quick.sort());
  expect(quick.length).toBeLessThan(inUse.length / 4);
}, 240_000);

test('with ACTIVE_WITHIN longer than the holidays nobody is warned because of one', async () => {
  const lapse = await lapseWith(setting(80, 180), scenarios.longerActive.changes);
  expect(lapse.habits.filter(({ kind }) => kind === 'holiday')).toHaveLength(12);
  expect(eventsOf(lapse, 'notification', 'daily', 'weekly', 'holiday')).toEqual([]);
}, 240_000);

test('the night on which Stockholm goes over to summer time is no gap', async () => {
  const lapse = await lapseWith(
    { ...setting(60, 60), startMs: Date.parse('2026-03-02T00:00:00Z') },
    { REFRESH_TIMED_DEVICES_SCHEDULE: '30 2 * * *', REFRESH_TIMED_DEVICES_TIME_ZONE: 'Europe/Stockholm' },
  );
  expect(lapse.ticksMs).toHaveLength(60);
  expect(new Set(lapse.ticksMs.map((tickMs) => tickMs % dayMs)).size).toBeGreaterThan(1);
  expect(eventsOf(lapse, 'notification', 'daily', 'weekly')).toEqual([]);
  expect(lapse.refreshes.length).toBeGreaterThan(0);
}, 240_000);

test('whatever schedule, margin and people there are, what is counted is what was foretold', async () => {
  const hours = fc.integer({ min: 8, max: 240 });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1_000_000),
      hours,
      hours,
      fc.integer({ min: 3, max: 30 }),
      async (seed, gapHours, marginHours, activeDays) => {
        const world = setting(20, 60, seed);
        const lapse = await lapseWith(world, {
          REFRESH_TIMED_DEVICES_SCHEDULE: `every PT${gapHours}H`,
          REFRESH_TIMED_DEVICES_MARGIN: `PT${marginHours}H`,
          REFRESH_TIMED_DEVICES_ACTIVE_WITHIN: `P${activeDays}D`,
        });
        // Such a schedule fires at multiples of its interval since 1970.
        const gapMs = gapHours * hourMs;
        const firstMs = Math.floor(startMs / gapMs + 1) * gapMs;
        const count = Math.floor((endMs(world) - firstMs) / gapMs) + 1;
        const ticksMs = Array.from({ length: count }, (_, index) => firstMs + index * gapMs);
        const rules = { ticksMs, marginMs: marginHours * hourMs, activeWithinMs: activeDays * dayMs };
        expect(lapse.ticksMs).toEqual(ticksMs);
        expect(differences(lapse, rules)).toEqual([]);
      },
    ),
    { numRuns: 8 },
  );
}, 240_000);

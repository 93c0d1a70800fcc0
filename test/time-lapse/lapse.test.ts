import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { differences, eventsOf, isOnTime, personsIn, runOuts } from '../../bench/time-lapse/facts.ts';
import { noCaretaker, type Rules } from '../../bench/time-lapse/foretell.ts';
import { type Lapse, lapseWith, lapseWithout } from '../../bench/time-lapse/lapse.ts';
import { drawLapses } from '../../bench/time-lapse/picture.ts';
import { refreshesOf } from '../../bench/time-lapse/proofs.ts';
import { scenarios, wholeWorld } from '../../bench/time-lapse/scenarios.ts';
import { weekTable } from '../../bench/time-lapse/tables.ts';
import { useRedis } from '../queue/queue-fixture.ts';
import { dayMs, hourMs, ticksEvery } from './worlds.ts';

const docs = join(import.meta.dirname, '../../docs');

const redis = useRedis();

describe('500 people, 180 days, caretaker as by default', () => {
  const rules: Rules = {
    ticksMs: ticksEvery(1, wholeWorld.days),
    marginMs: 36 * hourMs,
    activeWithinMs: 14 * dayMs,
  };
  let without: Lapse;
  let lapse: Lapse;
  let askedLess: Lapse;

  beforeAll(async () => {
    without = lapseWithout(wholeWorld);
    lapse = await lapseWith(wholeWorld);
    const store = { redis: new Redis(redis().socketPath), prefix: '{lapse}' };
    askedLess = await lapseWith(wholeWorld, scenarios.askedLess.changes, { store });
    store.redis.disconnect();
  }, 300_000);

  test('the schedule fires once a day, and the start-up check has nothing to say', () => {
    expect(lapse.ticksMs).toEqual(rules.ticksMs);
    expect(lapse.warnings).toEqual([]);
  });

  test('both worlds of the lapse have the same people with the same habits', () => {
    expect(lapse.habits).toHaveLength(500);
    expect(lapse.habits).toEqual(without.habits);
  });

  test('no daily or weekly user is ever notified or barred, and without caretaker all of them are', () => {
    expect(eventsOf(lapse, 'notification', 'daily', 'weekly')).toEqual([]);
    expect(eventsOf(lapse, 'timeout', 'daily', 'weekly')).toEqual([]);
    expect(personsIn(eventsOf(without, 'notification', 'daily', 'weekly'))).toBe(350);
  });

  test('every leaver’s device times out, once, at most ACTIVE_WITHIN and one period after its last use', () => {
    const ends = runOuts(lapse, rules);
    expect(ends).toHaveLength(50);
    expect(ends.filter((end) => !isOnTime(end))).toEqual([]);
    // The bound is no idle one: some are refreshed after their last use, none after ACTIVE_WITHIN.
    expect(ends.filter(({ refreshesMs }) => refreshesMs.length > 0).length).toBeGreaterThan(10);
  });

  test('a replaced phone times out, and the new one never does', () => {
    const replaced = lapse.habits.filter(({ kind }) => kind === 'replaced');
    for (const { person, phones } of replaced) {
      const [old] = phones;
      const timeouts = eventsOf(lapse, 'timeout', 'replaced').filter((event) => event.person === person);
      expect(timeouts).toHaveLength(1);
      const boundMs = (old?.usesMs.at(-1) ?? 0) + rules.activeWithinMs + (old?.periodDays ?? 0) * dayMs;
      expect(timeouts[0]?.atMs).toBeLessThanOrEqual(boundMs);
    }
  });

  test('who is warned around a holiday could not be known to come back: no run between due and warning saw him in use', () => {
    const warnings = eventsOf(lapse, 'notification', 'holiday');
    expect(warnings.length).toBeGreaterThan(0);
    for (const { person, atMs } of warnings) {
      const usesMs = lapse.habits[person]?.phones[0]?.usesMs ?? [];
      const runs = rules.ticksMs.filter((tickMs) => tickMs >= atMs - rules.marginMs && tickMs < atMs);
      expect(runs.length).toBeGreaterThan(0);
      for (const runMs of runs) {
        const lastUseMs = usesMs.findLast((useMs) => useMs <= runMs) ?? 0;
        expect(runMs - lastUseMs).toBeGreaterThan(rules.activeWithinMs);
      }
    }
  });

  test('every notification and every time-out is the one foretold, in both worlds', () => {
    expect(without.events.length).toBeGreaterThan(1000);
    expect(differences(without, noCaretaker)).toEqual([]);
    expect(differences(lapse, rules)).toEqual([]);
  });

  test('with REREAD_AFTER P7D every refresh, notification and time-out is the same, for less than a third of the requests', () => {
    expect(askedLess.events).toEqual(lapse.events);
    expect(refreshesOf(askedLess)).toEqual(refreshesOf(lapse));
    expect(lapse.requests).toBe(500 * 180 + lapse.refreshes.length);
    expect(askedLess.requests / lapse.requests).toBeLessThan(1 / 3);
    expect(askedLess.requests).toBeGreaterThan(500 * (180 / 7));
  });

  test('a wrong rule of the time-lapse is noticed, device by device', () => {
    const wrong = differences(lapse, { ...rules, activeWithinMs: 13 * dayMs });
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong[0]).toMatch(/^person \d+: foretold .+; counted .+/);
  });

  test('the tables and the picture in docs are these; if not, npm run time-lapse writes them anew', () => {
    const page = readFileSync(join(docs, 'time-lapse.md'), 'utf8');
    expect(page).toContain(weekTable('notification', without, lapse));
    expect(page).toContain(weekTable('timeout', without, lapse));
    const isSame = readFileSync(join(docs, 'time-lapse.svg'), 'utf8') === drawLapses(without, lapse);
    expect(isSame).toBe(true);
  });
});

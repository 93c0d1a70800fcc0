import { expect, it } from 'vitest';
import { openLedger, type Weather, workThrough } from '../../src/runs/work-through.ts';
import { failures } from './failures.ts';

interface Station extends Weather {
  readonly failures: number;
  stormy: boolean;
}

/** A weather station that counts, and is stormy when the test says so. */
function station(): Station {
  let failed = 0;
  return {
    stormy: false,
    get failures() {
      return failed;
    },
    isStormy() {
      return this.stormy;
    },
    succeeded() {},
    failed() {
      failed += 1;
    },
    async settle() {},
  };
}

it('tells of an item at which the vendor always fails only once, so that it makes no storm', async () => {
  const ledger = openLedger(10);
  const weather = station();
  const failed: number[] = [];
  await workThrough(ledger, {
    width: 1,
    weather,
    async perform(place) {
      if (place === 4) throw failures.broken();
    },
    fail: (place) => failed.push(place),
  });
  expect(failed).toEqual([4]);
  expect(weather.failures).toBe(1);
});

it('begins nothing more when a storm shows after a failure', async () => {
  const ledger = openLedger(10);
  const weather = station();
  const tried: number[] = [];
  const work = workThrough(ledger, {
    width: 1,
    weather: {
      ...weather,
      isStormy: () => weather.stormy,
      // Another worker has found out.
      async settle() {
        weather.stormy = true;
      },
    },
    async perform(place) {
      tried.push(place);
      throw failures.unreachable();
    },
    fail() {},
  });
  await expect(work).rejects.toThrow('no connection');
  expect(tried).toEqual([0]);
});

it.each([
  ['a storm', true, failures.broken],
  ['a vendor that asks for patience', false, () => failures.throttled(1000)],
])('holds nothing against an item that failed in %s', async (_, stormy, failure) => {
  const ledger = openLedger(3);
  const weather = { ...station(), isStormy: () => stormy };
  const failed: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const work = workThrough(ledger, {
      width: 1,
      items: 10,
      weather,
      async perform() {
        throw failure();
      },
      fail: (place) => failed.push(place),
    });
    await expect(work).rejects.toThrow();
  }
  expect(failed).toEqual([]);
  expect(ledger.pending.size).toBe(3);
});

it('writes down every item before each of its tries, also those at the end of the line', async () => {
  const ledger = openLedger(30);
  let recorded: readonly number[] = [];
  const unrecorded: number[] = [];
  let tries = 0;
  await workThrough(ledger, {
    width: 1,
    async record(beginning) {
      recorded = [...beginning];
    },
    async perform(place) {
      tries += 1;
      if (!recorded.includes(place)) unrecorded.push(place);
      // One entry stands for one try.
      else recorded = recorded.toSpliced(recorded.indexOf(place), 1);
      if (place % 3 === 0 && tries <= 30) throw failures.broken();
    },
    fail() {},
  });
  expect(unrecorded).toEqual([]);
  expect(tries).toBe(40);
  expect(ledger.pending.size).toBe(0);
});

import { expect, it } from 'vitest';
import { recordedAtOnce } from '../../src/runs/checkpoint.ts';
import { openLedger } from '../../src/runs/ledger.ts';
import { type CircuitBreaker, VendorHeld, workThrough } from '../../src/runs/work-through.ts';
import { failures } from './failures.ts';

interface Station extends CircuitBreaker {
  readonly failures: number;
  tripped: boolean;
}

/** A circuit breaker that counts, and is tripped when the test says so. */
function station(): Station {
  let failed = 0;
  return {
    tripped: false,
    get failures() {
      return failed;
    },
    isTripped() {
      return this.tripped;
    },
    isHeld: () => false,
    succeeded() {},
    failed() {
      failed += 1;
    },
    async waitForTrip() {},
  };
}

it('the circuit breaker is told only once of an item at which the vendor always fails, so that it does not open', async () => {
  const ledger = openLedger(10);
  const breaker = station();
  const failed: number[] = [];
  await workThrough(ledger, {
    width: 1,
    breaker,
    async perform(place) {
      if (place === 4) throw failures.broken();
    },
    fail: (place) => failed.push(place),
  });
  expect(failed).toEqual([4]);
  expect(breaker.failures).toBe(1);
});

it('a batch begins nothing more when the circuit breaker opens after a failure', async () => {
  const ledger = openLedger(10);
  const breaker = station();
  const tried: number[] = [];
  const work = workThrough(ledger, {
    width: 1,
    breaker: {
      ...breaker,
      isTripped: () => breaker.tripped,
      // Another worker has found out.
      async waitForTrip() {
        breaker.tripped = true;
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
])('a batch holds nothing against an item that failed in %s', async (_, tripped, failure) => {
  const ledger = openLedger(3);
  const breaker = { ...station(), isTripped: () => tripped };
  const failed: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const work = workThrough(ledger, {
      width: 1,
      items: 10,
      breaker,
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

it.each([1, 5])(
  'a batch begins nothing more while the vendor is left alone, with %d items under way at once',
  async (width) => {
    const ledger = openLedger(40);
    let held = false;
    const tried: number[] = [];
    const work = workThrough(ledger, {
      width,
      breaker: { ...station(), isHeld: () => held },
      async perform(place) {
        tried.push(place);
        await new Promise(setImmediate);
        // Another batch was asked to be patient.
        if (place === 10) held = true;
      },
      fail() {},
    });
    await expect(work).rejects.toBeInstanceOf(VendorHeld);
    expect(tried.length).toBeLessThanOrEqual(11 + width);
    expect(ledger.pending.size).toBe(40 - tried.length);
    expect([ledger.strikes.size, ledger.doubts.size]).toEqual([0, 0]);
  },
);

it.each([1, 4])(
  'a batch has every try written down once before it begins, with %d items under way at once',
  async (width) => {
    const items = 90;
    const ledger = openLedger(items);
    const underWay = new Set<number>();
    /** For each item, how many records there were when its last try ended. */
    const endedAt = new Map<number, number>();
    let begunRecords = 0;
    let written: { number: number; places: readonly number[] } = { number: 0, places: [] };
    const unwritten: number[] = [];
    const forgotten: number[] = [];
    /** Named twice, or after they were done. */
    const needless: number[] = [];
    let tries = 0;
    await workThrough(ledger, {
      width,
      async record(beginning) {
        begunRecords += 1;
        const number = begunRecords;
        forgotten.push(...[...underWay].filter((place) => !beginning.includes(place)));
        needless.push(
          ...beginning.filter((place, at) => beginning.indexOf(place) < at || !ledger.pending.has(place)),
        );
        await new Promise(setImmediate);
        written = { number, places: [...beginning] };
      },
      async perform(place) {
        tries += 1;
        const isRetry = endedAt.has(place);
        if (!written.places.includes(place) || written.number <= (endedAt.get(place) ?? 0))
          unwritten.push(place);
        underWay.add(place);
        await new Promise(setImmediate);
        underWay.delete(place);
        endedAt.set(place, begunRecords);
        if (place % 5 === 0 && !isRetry) throw failures.broken();
      },
      fail() {},
    });
    expect(unwritten).toEqual([]);
    expect(forgotten).toEqual([]);
    expect(needless).toEqual([]);
    expect(tries).toBe(items + items / 5);
    expect(ledger.pending.size).toBe(0);
  },
);

it('every record names an item that is tried again while its first try still waits for the circuit breaker', async () => {
  const takenAgain = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  const others = Promise.withResolvers<void>();
  const tries = [0, 0, 0];
  const underWay = new Set<number>();
  const forgotten: number[] = [];
  let recordsMeanwhile = 0;
  await workThrough(openLedger(3), {
    width: 3,
    breaker: { ...station(), waitForTrip: () => looked.promise },
    async record(beginning) {
      if (underWay.has(0)) recordsMeanwhile += 1;
      forgotten.push(...[...underWay].filter((place) => !beginning.includes(place)));
    },
    async perform(place) {
      const tried = tries[place] ?? 0;
      tries[place] = tried + 1;
      underWay.add(place);
      try {
        if (place === 0 && tried === 0) throw failures.broken();
        if (place === 0) {
          takenAgain.resolve();
          await others.promise;
        }
        if (place === 2 && tried === 0) {
          await takenAgain.promise;
          looked.resolve();
          await new Promise(setImmediate);
          throw failures.broken();
        }
        if (place === 2) others.resolve();
      } finally {
        underWay.delete(place);
      }
    },
    fail() {},
  });
  expect(tries).toEqual([2, 1, 2]);
  expect(recordsMeanwhile).toBe(1);
  expect(forgotten).toEqual([]);
});

it('a batch works on while its next items are written down', async () => {
  let writing = false;
  let meanwhile = 0;
  await workThrough(openLedger(200), {
    width: 1,
    async record() {
      writing = true;
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      writing = false;
    },
    async perform() {
      await new Promise(setImmediate);
      if (writing) meanwhile += 1;
    },
    fail() {},
  });
  expect(meanwhile).toBeGreaterThan(0);
});

it('a batch begins nothing more once it cannot be written down', async () => {
  const items = 12 * recordedAtOnce;
  const ledger = openLedger(items);
  let records = 0;
  const tried: number[] = [];
  const work = workThrough(ledger, {
    width: 3,
    async record() {
      records += 1;
      if (records === 3) throw new Error('Redis is full');
    },
    async perform(place) {
      tried.push(place);
      await new Promise(setImmediate);
    },
    fail() {},
  });
  await expect(work).rejects.toThrow('Redis is full');
  // Of two records, and the item that waited for the first.
  expect(tried.length).toBeLessThanOrEqual(2 * 3 * recordedAtOnce + 1);
  expect(ledger.pending.size).toBe(items - tried.length);
});

it('work that is stopped ends only after the record that is being written, so that no old record comes after a new one', async () => {
  const steps: string[] = [];
  const writing = Promise.withResolvers<void>();
  const work = workThrough(openLedger(2 * recordedAtOnce), {
    width: 1,
    async record([first]) {
      if (first === 0) return;
      writing.resolve();
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      steps.push('record written');
    },
    async perform(place) {
      // The second record is begun while the items of the first one are still worked on.
      if (place < recordedAtOnce - 3) return;
      await writing.promise;
      throw failures.misconfigured();
    },
    fail() {},
  });
  await work.catch((error) => steps.push(error.message));
  expect(steps).toEqual(['record written', 'wrong password']);
});

it('the circuit breaker hears of every item that the vendor has answered, also of a refusal, and of no other', async () => {
  let succeeded = 0;
  const breaker = {
    ...station(),
    succeeded() {
      succeeded += 1;
    },
  };
  let first = true;
  await workThrough(openLedger(5), {
    width: 1,
    breaker,
    async perform(place) {
      if (place === 1) throw failures.refused();
      if (place === 2 && first) {
        first = false;
        throw failures.broken();
      }
    },
    fail() {},
  });
  expect(first).toBe(false);
  expect(succeeded).toBe(5);
});

it('a batch whose vendor is left alone ends as done when what was under way was the last of it', async () => {
  const ledger = openLedger(2);
  let held = false;
  await workThrough(ledger, {
    width: 1,
    breaker: { ...station(), isHeld: () => held },
    async perform(place) {
      held = place === 1;
    },
    fail() {},
  });
  expect(ledger.pending.size).toBe(0);
});

it('the circuit breaker is told of the first failure of each item', async () => {
  const breaker = station();
  const failedBefore = new Set<number>();
  await workThrough(openLedger(6), {
    width: 1,
    breaker,
    async perform(place) {
      if (place % 2 === 0 || failedBefore.has(place)) return;
      failedBefore.add(place);
      throw failures.broken();
    },
    fail() {},
  });
  expect(breaker.failures).toBe(3);
});

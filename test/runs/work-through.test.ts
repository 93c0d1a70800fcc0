import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Throttled } from '../../src/clients/errors/vendor-error.ts';
import { recordedAtOnce } from '../../src/runs/checkpoint.ts';
import { type Ledger, openLedger } from '../../src/runs/ledger.ts';
import { HandedBack, workThrough } from '../../src/runs/work-through.ts';
import { failures } from './failures.ts';

interface Log {
  readonly tried: number[];
  readonly done: number[];
  readonly failed: number[];
}

/** Works through a ledger with a vendor that answers as `act` says, and notes what became of every item. */
function work(
  ledger: Ledger,
  act: (place: number, attempt: number) => Promise<void> | void,
  { width = 1, signal, log = newLog() }: { width?: number; signal?: AbortSignal; log?: Log } = {},
) {
  const ended = workThrough(ledger, {
    width,
    signal,
    async perform(place) {
      log.tried.push(place);
      await act(place, log.tried.filter((one) => one === place).length);
      log.done.push(place);
    },
    fail: (place) => log.failed.push(place),
  });
  return { ended, log };
}

function newLog(): Log {
  return { tried: [], done: [], failed: [] };
}

const range = (length: number) => Array.from({ length }, (_, place) => place);
const sorted = (places: Iterable<number>) => [...places].sort((one, other) => one - other);

describe('what concerns one item', () => {
  it('a refusal that concerns one item costs only this item', async () => {
    const ledger = openLedger(10);
    const { ended, log } = work(ledger, (place) => {
      if (place === 3) throw failures.refused();
    });
    await ended;
    expect(log).toMatchObject({ failed: [3], done: range(10).filter((place) => place !== 3) });
    expect(ledger.pending.size).toBe(0);
  });

  it('a fault of our own code at one item costs only this item', async () => {
    const ledger = openLedger(3);
    const { ended, log } = work(ledger, (place) => {
      if (place === 1) throw new TypeError('a bug');
    });
    await ended;
    expect(log).toMatchObject({ failed: [1], done: [0, 2] });
  });

  it('an item at which the vendor breaks every time does not stop the others', async () => {
    const ledger = openLedger(50);
    const { ended, log } = work(ledger, (place) => {
      if (place === 0) throw failures.broken();
    });
    await ended;
    expect(log.done).toEqual(range(50).slice(1));
    // Everything else is done, and it failed again and again: waiting for the vendor would help nobody.
    expect(log).toMatchObject({ failed: [0] });
    expect(log.tried.filter((place) => place === 0)).toHaveLength(3);
    expect(ledger.pending.size).toBe(0);
  });

  it('an item at which the vendor breaks three times while others go through has failed', async () => {
    const ledger = openLedger(8);
    const poison = 0;
    let down = true;
    const log = newLog();
    const act = (place: number) => {
      if (down || place === poison) throw failures.broken();
    };
    await expect(work(ledger, act, { log }).ended).rejects.toThrow();
    down = false;
    await work(ledger, act, { log }).ended;
    expect(log.failed).toEqual([poison]);
    expect(sorted(log.done)).toEqual(range(8).filter((place) => place !== poison));
    expect(ledger.pending.size).toBe(0);
  });

  it('no item is blamed while nothing goes through, however often the batch is tried', async () => {
    const ledger = openLedger(4);
    const log = newLog();
    for (const _ of range(6))
      await expect(
        work(
          ledger,
          () => {
            throw failures.unreachable();
          },
          { log },
        ).ended,
      ).rejects.toThrow('no connection');
    expect(log).toMatchObject({ failed: [], done: [] });
    expect(sorted(ledger.pending)).toEqual(range(4));
  });
});

describe('what concerns everybody', () => {
  it('three failures of the vendor in a row end the attempt of the batch', async () => {
    const ledger = openLedger(20);
    const { ended, log } = work(ledger, (place) => {
      if (place >= 4) throw failures.broken();
    });
    await expect(ended).rejects.toMatchObject({ name: 'Broken', remedy: 'retry-batch' });
    expect(log.tried).toEqual(range(7));
    expect(log.done).toEqual(range(4));
    expect(sorted(ledger.pending)).toEqual(range(20).slice(4));
    expect(sorted(ledger.strikes.keys())).toEqual([4, 5, 6]);
    // The struck ones come last in the next attempt.
    expect([...ledger.pending].slice(-3)).toEqual([4, 5, 6]);
  });

  it.each([
    ['a demand for patience', () => failures.throttled()],
    ['a demand for patience with a time', () => failures.throttled(3000)],
    ['what only a person can put right', () => failures.misconfigured()],
  ])('the attempt of a batch ends at once after %s', async (_, failure) => {
    const ledger = openLedger(20);
    const expected = failure();
    const { ended, log } = work(ledger, (place) => {
      if (place === 1) throw expected;
    });
    await expect(ended).rejects.toBe(expected);
    expect(log.tried).toEqual([0, 1]);
    expect(sorted(ledger.pending)).toEqual(range(20).slice(1));
  });

  it('a batch that ends waits for what is under way beside it, and counts that', async () => {
    const ledger = openLedger(10);
    const slow = Promise.withResolvers<void>();
    const { ended, log } = work(
      ledger,
      async (place) => {
        if (place === 0) await slow.promise;
        if (place === 1) {
          queueMicrotask(slow.resolve);
          throw failures.misconfigured();
        }
      },
      { width: 2 },
    );
    await expect(ended).rejects.toThrow('wrong password');
    expect(log.done).toContain(0);
    expect(ledger.pending.has(0)).toBe(false);
    expect(ledger.pending.has(1)).toBe(true);
  });
});

describe('work that is told to stop', () => {
  it('a batch that is told to stop is handed back, and what was cut off is still pending', async () => {
    const ledger = openLedger(10);
    const stop = new AbortController();
    const { ended, log } = work(
      ledger,
      (place) => {
        if (place < 4) return;
        stop.abort();
        throw failures.unreachable();
      },
      { width: 2, signal: stop.signal },
    );
    await expect(ended).rejects.toBeInstanceOf(HandedBack);
    expect(log).toMatchObject({ done: range(4), failed: [] });
    expect(sorted(ledger.pending)).toEqual(range(10).slice(4));
    expect(ledger.strikes.size).toBe(0);
  });

  it('a batch that was told to stop before begins nothing', async () => {
    const ledger = openLedger(3);
    const { ended, log } = work(ledger, () => {}, { signal: AbortSignal.abort() });
    await expect(ended).rejects.toBeInstanceOf(HandedBack);
    expect(log.tried).toEqual([]);
    expect(ledger.pending.size).toBe(3);
  });

  it('a batch that is told to stop is not handed back when nothing is left to do', async () => {
    await work(openLedger(0), () => {}, { signal: AbortSignal.abort() }).ended;
  });
});

it('a batch never has more items under way at once than it may, and uses what it may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(40), async (width, items) => {
      let underWay = 0;
      let most = 0;
      await work(
        openLedger(items),
        async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise(setImmediate);
          underWay -= 1;
        },
        { width },
      ).ended;
      expect(most).toBe(Math.min(width, items));
    }),
    { numRuns: 30 },
  );
});

it('a batch that is worked on again does only what is pending', async () => {
  const ledger = openLedger(6);
  let down = true;
  const act = (place: number) => {
    if (down && place >= 1) throw failures.broken();
  };
  await expect(work(ledger, act).ended).rejects.toThrow();
  down = false;
  const { ended, log } = work(ledger, act);
  await ended;
  expect(sorted(log.done)).toEqual([1, 2, 3, 4, 5]);
});

type Answer = 'yes' | 'refused' | 'broken' | 'throttled' | 'misconfigured';

it('a batch loses no item and does none twice, whatever goes wrong', async () => {
  const answer = fc.constantFrom<Answer>(
    'yes',
    'yes',
    'yes',
    'refused',
    'broken',
    'throttled',
    'misconfigured',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(answer, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      async (items, width, answers, attempts) => {
        const ledger = openLedger(items);
        const log = newLog();
        let asked = 0;
        for (const _ of range(attempts)) {
          const { ended } = work(
            ledger,
            async () => {
              const said = answers[asked % answers.length] ?? 'yes';
              asked += 1;
              if (asked % 3 === 0) await new Promise(setImmediate);
              if (said !== 'yes') throw failures[said]();
            },
            { width, log },
          );
          await ended.catch(() => {});
        }
        const all = [...log.done, ...log.failed, ...ledger.pending];
        expect(sorted(all)).toEqual(range(items));
        expect(new Set(all).size).toBe(items);
      },
    ),
    { numRuns: 300 },
  );
});

describe('a batch that is told to stop', () => {
  it('doubts the item that was cut off, and no item that was done or not begun', async () => {
    const ledger = openLedger(10);
    const stop = new AbortController();
    const { ended } = work(
      ledger,
      (place) => {
        if (place < 2) return;
        stop.abort();
        throw failures.interrupted(true);
      },
      { signal: stop.signal },
    );
    await expect(ended).rejects.toThrow('The work was told to stop.');
    expect([...ledger.doubts]).toEqual([[2, 1]]);
    expect(sorted(ledger.pending)).toEqual(range(10).slice(2));
  });

  it('a batch has no doubt about an item whose request was not sent any more', async () => {
    const ledger = openLedger(10);
    const stop = new AbortController();
    const { ended } = work(
      ledger,
      () => {
        stop.abort();
        throw failures.interrupted(false);
      },
      { signal: stop.signal },
    );
    await expect(ended).rejects.toThrow('The work was told to stop.');
    expect([...ledger.doubts]).toEqual([]);
    expect(sorted(ledger.pending)).toEqual(range(10));
  });

  it('a batch that is told to stop counts what the vendor still answers', async () => {
    const ledger = openLedger(10);
    const stop = new AbortController();
    const { ended, log } = work(
      ledger,
      () => {
        stop.abort();
        throw failures.refused();
      },
      { signal: stop.signal },
    );
    await expect(ended).rejects.toThrow('The work was told to stop.');
    expect(log.failed).toEqual([0]);
    expect([...ledger.doubts]).toEqual([]);
    expect(sorted(ledger.pending)).toEqual(range(10).slice(1));
  });

  it('ends as done when what was under way was the last of it', async () => {
    const ledger = openLedger(2);
    const stop = new AbortController();
    const { ended, log } = work(
      ledger,
      (place) => {
        if (place === 1) stop.abort();
      },
      { signal: stop.signal },
    );
    await ended;
    expect(log.done).toEqual([0, 1]);
    expect(ledger.pending.size).toBe(0);
  });
});

it('an item that was tried without an answer is in doubt for every such try, and one that was refused is not', async () => {
  const ledger = openLedger(4);
  const { ended } = work(ledger, (place, attempt) => {
    if (place === 1 && attempt < 3) throw failures.broken();
    if (place === 2) throw failures.refused();
  });
  await ended;
  expect([...ledger.doubts]).toEqual([[1, 2]]);
});

it('two failures of the vendor in a row do not end the attempt of a batch, however often they come', async () => {
  const ledger = openLedger(12);
  const { ended, log } = work(ledger, (place, attempt) => {
    if (place % 3 !== 0 && attempt === 1) throw failures.broken();
  });
  await ended;
  expect(sorted(log.done)).toEqual(range(12));
  expect(log.failed).toEqual([]);
});

it('a failed item is told with the words of its failure, and how often the vendor failed at it', async () => {
  const reasons: string[] = [];
  await workThrough(openLedger(4), {
    width: 1,
    async perform(place) {
      if (place === 0) throw failures.broken();
      if (place === 1) throw failures.refused();
      if (place === 2) throw 'no error at all';
    },
    fail: (_place, reason) => reasons.push(reason),
  });
  expect(reasons).toEqual([
    'no such user',
    'no error at all',
    'fatal (3 times, while other requests succeeded)',
  ]);
});

it('a batch ends at once when the vendor asks for patience with a status other than 429', async () => {
  const failure = new Throttled('too many', '', {
    vendor: 'pointsharp',
    operation: 'GET Device',
    remedy: 'retry-batch',
    status: 503,
    retryAfterMs: 1000,
  });
  const ledger = openLedger(5);
  const { ended, log } = work(ledger, () => {
    throw failure;
  });
  await expect(ended).rejects.toBe(failure);
  expect(log.tried).toEqual([0]);
  expect(ledger.strikes.get(0)).toBe(0);
});

it('a record that fails with something that is no error ends the batch with an error of its text', async () => {
  const work = workThrough(openLedger(2), {
    width: 1,
    record: () => Promise.reject('Redis is full'),
    async perform() {},
    fail() {},
  });
  await expect(work).rejects.toThrow(new Error('Redis is full'));
});

it('what the caller calls grave ends the batch, and its item is still pending', async () => {
  const ledger = openLedger(3);
  const failed: number[] = [];
  const work = workThrough(ledger, {
    width: 1,
    isGrave: (error) => error instanceof TypeError,
    async perform(place) {
      if (place === 1) throw new TypeError('grave');
    },
    fail: (place) => failed.push(place),
  });
  await expect(work).rejects.toThrow('grave');
  expect(failed).toEqual([]);
  expect(sorted(ledger.pending)).toEqual([1, 2]);
});

it('an item that failed twice before is given up at its third failure, once another one was done', async () => {
  const ledger = openLedger(10);
  ledger.strikes.set(1, 2);
  const { ended, log } = work(ledger, (place) => {
    if (place === 1) throw failures.broken();
  });
  await ended;
  expect(log.tried).toEqual(range(10));
  expect(log.failed).toEqual([1]);
});

it('an item is not given up right after another failure, which may be the fault of the vendor', async () => {
  const ledger = openLedger(10);
  ledger.strikes.set(2, 2);
  const { ended, log } = work(ledger, (place, attempt) => {
    if (place === 2 || (place === 1 && attempt === 1)) throw failures.broken();
  });
  await ended;
  expect(log.tried).toEqual([...range(10), 1, 2]);
  expect(log.failed).toEqual([2]);
});

it('an item is not given up while nothing goes through and another item has not failed before', async () => {
  const ledger = openLedger(3);
  ledger.strikes.set(0, 2);
  const failed: number[] = [];
  const work = workThrough(ledger, {
    width: 1,
    items: 10,
    async perform() {
      throw failures.broken();
    },
    fail: (place) => failed.push(place),
  });
  await expect(work).rejects.toThrow('fatal');
  expect(failed).toEqual([]);
  expect(ledger.strikes.get(0)).toBe(3);
});

it('the last items of a batch are given up when each has failed twice before and the others are done', async () => {
  const ledger = openLedger(2);
  ledger.strikes.set(0, 2).set(1, 2);
  const tried: number[] = [];
  const failed: number[] = [];
  await workThrough(ledger, {
    width: 1,
    items: 10,
    async perform(place) {
      tried.push(place);
      throw failures.broken();
    },
    fail: (place) => failed.push(place),
  });
  expect([tried, failed]).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

it('an item that waits to be written down is not begun when the batch is stopped meanwhile', async () => {
  const tried: number[] = [];
  const writing = Promise.withResolvers<void>();
  let records = 0;
  const work = workThrough(openLedger(4 * recordedAtOnce), {
    width: 2,
    async record() {
      records += 1;
      if (records === 2) await writing.promise;
    },
    async perform(place) {
      tried.push(place);
      await new Promise(setImmediate);
      // The first record names the items up to this one; the next item waits for the second record.
      if (place < 2 * recordedAtOnce) return;
      setImmediate(writing.resolve);
      throw failures.misconfigured();
    },
    fail() {},
  });
  await expect(work).rejects.toThrow('wrong password');
  expect(records).toBe(2);
  expect(tried).toEqual(range(2 * recordedAtOnce + 1));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ledger, openLedger } from '../../src/runs/ledger.ts';
import { createRefusals, firstUsers, type Refusals } from '../../src/runs/refusals.ts';
import { workThrough } from '../../src/runs/work-through.ts';
import { failures } from './failures.ts';

const operation = 'GET Device';
const range = (length: number) => Array.from({ length }, (_, index) => index);
const sorted = (indexes: Iterable<number>) => [...indexes].sort((one, other) => one - other);

interface Log {
  readonly tried: number[];
  readonly done: number[];
  readonly failed: number[];
  readonly reasons: string[];
}

const newLog = (): Log => ({ tried: [], done: [], failed: [], reasons: [] });

interface Work {
  readonly refusals?: Refusals;
  readonly width?: number;
  readonly items?: number;
  readonly isWholeRun?: boolean;
  readonly log?: Log;
  readonly userAt?: (index: number) => string;
}

/** Works through a ledger with a vendor that answers as `act` says; what it does not throw at has gone through. */
function work(
  ledger: Ledger,
  act: (index: number, attempt: number) => Promise<void> | void,
  { refusals = createRefusals(), width = 1, items, isWholeRun = false, log = newLog(), userAt }: Work = {},
) {
  const ended = workThrough(ledger, {
    width,
    items,
    userAt,
    comparison: { refusals, isWholeRun },
    async perform(index) {
      log.tried.push(index);
      await act(index, log.tried.filter((one) => one === index).length);
      refusals.successes.set(operation, (refusals.successes.get(operation) ?? 0) + 1);
      log.done.push(index);
    },
    fail(index, reason) {
      log.failed.push(index);
      log.reasons.push(reason);
    },
  });
  return { ended, log };
}

describe('an unclear answer, that may concern one user or everybody', () => {
  it.each([0, 4, 9])(
    'an unclear answer costs only user %d of ten while the others go through, who is asked again last',
    async (bad) => {
      const ledger = openLedger(10);
      const { ended, log } = work(ledger, (index) => {
        if (index === bad) throw failures.notFound();
      });
      await ended;
      expect(log.tried.at(-1)).toBe(bad);
      expect(sorted(log.tried)).toEqual(sorted([...range(10), bad]));
      expect(log.failed).toEqual([bad]);
      expect(log.reasons).toEqual([
        'no such page Not everybody is answered so: check this user in the roster and on the server.',
      ]);
      expect(ledger.pending.size).toBe(0);
    },
  );

  it('an unclear answer is forgotten when the user goes through the second time', async () => {
    const ledger = openLedger(10);
    const { ended, log } = work(ledger, (index, attempt) => {
      if (index === 0 && attempt === 1) throw failures.notFound();
    });
    await ended;
    expect(log.failed).toEqual([]);
    expect(log.done.at(-1)).toBe(0);
    expect(sorted(log.done)).toEqual(range(10));
  });

  it('an unclear answer is thrown as soon as it has met the first users, none of whom went through', async () => {
    const ledger = openLedger(50);
    const { ended, log } = work(ledger, () => {
      throw failures.notFound();
    });
    await expect(ended).rejects.toMatchObject({ remedy: 'ask-others', status: 404 });
    expect(new Set(log.tried).size).toBe(firstUsers);
    expect(log.tried).toHaveLength(firstUsers);
    expect(sorted(ledger.pending)).toEqual(range(50));
  });

  it('an unclear answer is thrown in all batches of a run once it has met the first users of them together', async () => {
    const refusals = createRefusals();
    const logs = range(4).map(() => newLog());
    const ends = logs.map((log, batch) =>
      work(
        openLedger(50),
        async () => {
          await new Promise(setImmediate);
          throw failures.notFound();
        },
        { refusals, log, userAt: (index) => `${batch} ${index}` },
      ).ended.catch(() => 'thrown'),
    );
    expect(await Promise.all(ends)).toEqual(range(4).map(() => 'thrown'));
    expect(logs.flatMap(({ tried }) => tried).length).toBeLessThan(firstUsers + 4);
  });

  it('an unclear answer for the only user of a run is thrown, when the user was asked twice', async () => {
    const ledger = openLedger(1);
    const act = () => {
      throw failures.notFound();
    };
    const { ended, log } = work(ledger, act, { isWholeRun: true });
    await expect(ended).rejects.toThrow('no such page');
    expect(log.tried).toEqual([0, 0]);
    expect(ledger.pending.size).toBe(1);
  });

  it('an unclear answer for the only user of a batch fails the user, when the run has other batches', async () => {
    const { ended, log } = work(openLedger(1), () => {
      throw failures.notFound();
    });
    await ended;
    expect(log.failed).toEqual([0]);
  });

  it('an unclear answer puts everything of its user last, though another operation may go through', async () => {
    const ledger = openLedger(6);
    const { ended, log } = work(
      ledger,
      (index) => {
        if (index === 0) throw failures.notFound('DELETE Device/Windows/Expired');
      },
      { userAt: (index) => `user ${index >> 1}` },
    );
    await ended;
    expect(log.tried).toEqual([0, 4, 5, 2, 3, 0, 1]);
    expect(log.failed).toEqual([0]);
    expect(log.done).toEqual([4, 5, 2, 3, 1]);
  });

  it('an unclear answer to the first users is followed by a look at those who stand elsewhere', async () => {
    const together = firstUsers * 3;
    const { ended, log } = work(openLedger(200), (index) => {
      if (index < together) throw failures.notFound();
    });
    await ended;
    expect(sorted(log.failed)).toEqual(range(together));
    expect(log.done).toHaveLength(200 - together);
  });

  it('an unclear answer waits for those under way beside it before it asks again', async () => {
    const slow = Promise.withResolvers<void>();
    const { ended, log } = work(
      openLedger(2),
      async (index, attempt) => {
        if (index === 1) return slow.promise;
        if (attempt === 1) queueMicrotask(slow.resolve);
        throw failures.notFound();
      },
      { width: 2, isWholeRun: true },
    );
    await ended;
    expect(log).toMatchObject({ tried: [0, 1, 0], done: [1], failed: [0] });
  });

  it('an unclear answer leaves a doubt when it may have gone through, and none when it has not', async () => {
    const ledger = openLedger(4);
    const { ended } = work(ledger, (index) => {
      if (index === 0) throw failures.page();
      if (index === 1) throw failures.notFound();
    });
    await ended;
    expect([...ledger.doubts]).toEqual([[0, 2]]);
  });

  it('an unclear answer does not keep a user at whom the vendor always breaks from failing', async () => {
    const ledger = openLedger(20);
    const { ended, log } = work(ledger, (index) => {
      if (index === 3) throw failures.notFound();
      if (index === 5) throw failures.broken();
    });
    await ended;
    expect(sorted(log.failed)).toEqual([3, 5]);
    expect(log.done).toHaveLength(18);
  });

  it('an unclear answer concerns everybody where nothing is compared', async () => {
    const ended = workThrough(openLedger(3), {
      width: 1,
      async perform() {
        throw failures.notFound();
      },
      fail() {},
    });
    await expect(ended).rejects.toMatchObject({ remedy: 'ask-others' });
  });
});

describe('a vendor that is too busy', () => {
  /** Works on the batch until nothing is left, as the queue brings it again after each pause. */
  async function workOn(act: (index: number) => void, { items = 10, attempts = 20 } = {}) {
    const ledger = openLedger(items);
    const shared = { refusals: createRefusals(), log: newLog(), items };
    for (let attempt = 0; attempt < attempts && ledger.pending.size > 0; attempt += 1)
      await work(ledger, act, shared).ended.catch(() => {});
    return { ledger, log: shared.log };
  }

  it('a vendor that is too busy for one user only, whenever it is asked, fails that user', async () => {
    const { ledger, log } = await workOn((index) => {
      if (index === 2) throw failures.throttled(1000);
    });
    expect(log.failed).toEqual([2]);
    expect(sorted(log.done)).toEqual(range(10).filter((index) => index !== 2));
    expect(ledger.pending.size).toBe(0);
    // Once among the others, and then alone.
    expect(log.tried.filter((index) => index === 2)).toHaveLength(5);
  });

  it('a vendor that is too busy for all but the first after each pause fails nobody', async () => {
    let asked = 0;
    const ledger = openLedger(200);
    const shared = { refusals: createRefusals(), log: newLog(), items: 200 };
    for (let attempt = 0; attempt < 400 && ledger.pending.size > 0; attempt += 1) {
      asked = 0;
      const act = () => {
        asked += 1;
        if (asked > 1) throw failures.throttled(1000);
      };
      await work(ledger, act, shared).ended.catch(() => {});
    }
    expect(shared.log.failed).toEqual([]);
    expect(sorted(shared.log.done)).toEqual(range(200));
  });
});

type Said = 'yes' | 'refused' | 'notFound' | 'page' | 'broken' | 'throttled' | 'misconfigured';

it('a batch loses no item and does none twice, whatever is refused, and the first of the roster stops nobody', async () => {
  const said = fc.constantFrom<Said>(
    'yes',
    'yes',
    'yes',
    'yes',
    'refused',
    'notFound',
    'notFound',
    'page',
    'broken',
    'throttled',
    'misconfigured',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(said, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      async (items, width, answers, attempts, isWholeRun) => {
        const ledger = openLedger(items);
        const shared = { refusals: createRefusals(), log: newLog(), items, width, isWholeRun };
        let asked = 0;
        for (const _ of range(attempts)) {
          const { ended } = work(
            ledger,
            async () => {
              const answer = answers[asked % answers.length] ?? 'yes';
              asked += 1;
              if (asked % 3 === 0) await new Promise(setImmediate);
              if (answer !== 'yes') throw failures[answer]();
            },
            { ...shared, userAt: (index) => `user ${index >> 1}` },
          );
          await ended.catch(() => {});
        }
        const all = [...shared.log.done, ...shared.log.failed, ...ledger.pending];
        expect(sorted(all)).toEqual(range(items));
      },
    ),
    { numRuns: 300 },
  );
});

it('whichever users are refused, fewer than the first ones, everybody else is done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: firstUsers + 1, max: 60 }),
      fc.integer({ min: 1, max: 8 }),
      fc.uniqueArray(fc.nat(60), { maxLength: firstUsers - 1 }),
      async (items, width, refused) => {
        const { ended, log } = work(
          openLedger(items),
          async (index) => {
            await new Promise(setImmediate);
            if (refused.includes(index)) throw failures.notFound();
          },
          { width, isWholeRun: true },
        );
        await ended;
        expect(sorted(log.failed)).toEqual(sorted(refused.filter((index) => index < items)));
        expect(sorted(log.done)).toEqual(range(items).filter((index) => !refused.includes(index)));
        expect(log.tried).toHaveLength(items + log.failed.length);
      },
    ),
    { numRuns: 100 },
  );
});

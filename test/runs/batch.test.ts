import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchProgress, keepProgress, newProgress, resumeProgress } from '../../src/runs/batch.ts';
import { addFailure, addTally, emptyTally } from '../../src/runs/tally.ts';

const progress: fc.Arbitrary<BatchProgress> = fc
  .record({
    items: fc.integer({ min: 1, max: 30 }),
    done: fc.array(fc.nat(29)),
    strikes: fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 5 }))),
    failed: fc.array(fc.nat(29)),
    texts: fc.array(fc.string({ unit: 'grapheme' })),
    numbers: fc.array(fc.integer()),
  })
  .map(({ items, done, strikes, failed, texts, numbers }) => {
    const made = newProgress(items);
    for (const place of done) made.ledger.pending.delete(place);
    // The order of what is pending counts: the struck ones come last.
    for (const [place, count] of strikes) {
      made.ledger.strikes.set(place, count);
      if (made.ledger.pending.delete(place)) made.ledger.pending.add(place);
    }
    made.failed.push(...failed);
    for (const text of texts) {
      made.actions.push({
        user: { username: text, associateId: 3 },
        subject: text,
        deadline: 12,
        late: true,
      });
      made.observations.push([text, null, ...numbers]);
      made.tally.kept[text] = numbers.length;
      addFailure(made.tally, { user: text, reason: text });
    }
    made.tally.users.inspected = done.length;
    return made;
  });

test('the progress of a batch is the same after its way through Redis, also in the order of what is pending', () => {
  fc.assert(
    fc.property(progress, (made) => {
      const back = resumeProgress(JSON.parse(JSON.stringify(keepProgress(made))));
      expect(back).toEqual(made);
      expect([...back.ledger.pending]).toEqual([...made.ledger.pending]);
    }),
  );
});

test('a batch that goes on does not change what was kept of its progress', () => {
  const kept = keepProgress(newProgress(3));
  const back = resumeProgress(kept);
  back.ledger.pending.delete(1);
  back.failed.push(1);
  expect(kept).toMatchObject({ pending: [[0, 3]], failed: [] });
});

test('the kept progress of a batch stays as it was when more is counted', () => {
  const made = newProgress(3);
  const kept = keepProgress(made);
  const before = JSON.stringify(kept);
  addTally(made.tally, {
    ...emptyTally(),
    users: { inspected: 1, failed: 1, notReached: 1, notAsked: 0 },
    actions: { planned: 1, applied: 1, skipped: 1, failed: 1, notReached: 1 },
    kept: { inactive: 1 },
    findings: { blank: 1 },
    failures: [{ user: 'anna', reason: 'blank' }],
  });
  expect(JSON.stringify(kept)).toBe(before);
});

test('a batch begins with everything pending', () => {
  const { ledger, failed, actions } = newProgress(3);
  expect([...ledger.pending]).toEqual([0, 1, 2]);
  expect([ledger.strikes.size, failed, actions]).toEqual([0, [], []]);
});

test('an item that was under way when its batch was written down is in doubt afterwards, and no other is', () => {
  const made = newProgress(5);
  made.ledger.doubts.set(1, 2);
  const back = resumeProgress(keepProgress(made, [1, 3]));
  expect([...back.ledger.doubts]).toEqual([
    [1, 3],
    [3, 1],
  ]);
  expect([...back.ledger.pending]).toEqual([0, 1, 2, 3, 4]);
});

test('everything that a batch found or did comes back from what was kept of it', () => {
  const made = newProgress(1);
  made.applied.push(4, 5, 9);
  made.failed.push(2);
  made.actions.push({ user: { username: 'kari' }, subject: 'phone' });
  made.observations.push([1, 'a', null]);
  made.tally.requests = 7;
  made.tally.kept.inactive = 1;
  made.tally.findings.blank = 2;
  expect(resumeProgress(keepProgress(made))).toEqual(made);
});

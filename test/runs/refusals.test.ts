import { describe, expect, it } from 'vitest';
import { createRefusals, createRunRefusals, firstUsers, usersInARow } from '../../src/runs/refusals.ts';

const operation = 'GET Device';

/** Users `from` to `to` are refused, one after the other; what the last of them shows. */
function refuse(refusals: ReturnType<typeof createRefusals>, from: number, to: number) {
  let concern = 'none';
  for (let user = from; user <= to; user += 1)
    concern = refusals.judge({ operation, user: `user ${user}`, isLate: false, isWholeRun: false });
  return concern;
}

describe('whom a refusal concerns', () => {
  it.each([
    [firstUsers - 1, 'unknown'],
    [firstUsers, 'everybody'],
  ])('a refusal of the first %d users concerns %s when nobody went through', (count, concern) => {
    expect(refuse(createRefusals(), 1, count)).toBe(concern);
  });

  it.each([
    [usersInARow - 1, 'unknown'],
    [usersInARow, 'everybody'],
  ])('a refusal of %d users in a row concerns %s when others went through before', (count, concern) => {
    const refusals = createRefusals();
    refusals.successes.set(operation, 1);
    expect(refuse(refusals, 1, count)).toBe(concern);
  });

  it('a refusal of the first users concerns everybody, whichever operations they meet', () => {
    const refusals = createRefusals();
    for (let user = 1; user < firstUsers; user += 1)
      refusals.judge({
        operation: `DELETE ${user % 2}`,
        user: `user ${user}`,
        isLate: false,
        isWholeRun: false,
      });
    expect(refuse(refusals, firstUsers, firstUsers)).toBe('everybody');
  });

  it('one user who is refused again and again is one user', () => {
    const refusals = createRefusals();
    for (let time = 0; time < 2 * usersInARow; time += 1) expect(refuse(refusals, 1, 1)).toBe('unknown');
  });

  it('a success of the same operation begins the row anew, and one of another does not', () => {
    const refusals = createRefusals();
    refusals.successes.set('PUT Device/UpdateTime', 1);
    refuse(refusals, 1, firstUsers - 1);
    refusals.successes.set('PUT Device/UpdateTime', 2);
    expect(refuse(refusals, firstUsers, firstUsers)).toBe('everybody');
    refusals.successes.set(operation, 1);
    expect(refuse(refusals, 1, usersInARow - 1)).toBe('unknown');
  });

  it.each([
    [1, false, 'user'],
    [1, true, 'user'],
    [0, false, 'user'],
    [0, true, 'everybody'],
  ])(
    'late, after %d successes, with the whole run in the batch: %s, it concerns %s',
    (count, isWholeRun, concern) => {
      const refusals = createRefusals();
      refusals.successes.set(operation, count);
      const refusal = { operation, user: 'kari', isWholeRun };
      expect(refusals.judge({ ...refusal, isLate: false })).toBe('unknown');
      expect(refusals.judge({ ...refusal, isLate: true })).toBe(concern);
    },
  );

  it('users who need not be asked begin the row anew where users are inspected, and say nothing of writes', () => {
    const refusals = createRefusals();
    const inspected = { operation, isLate: false, isWholeRun: false, isInspection: true };
    for (let user = 0; user < 2 * usersInARow; user += 1) {
      if (user % (usersInARow - 1) === 0) refusals.leftUnasked(1);
      expect(refusals.judge({ ...inspected, user: `user ${user}` })).toBe('unknown');
    }
    expect(refusals.judge({ ...inspected, isLate: true, isWholeRun: true, user: 'kari' })).toBe('user');
    const written = { operation: 'PUT Device/UpdateTime', user: 'kari', isWholeRun: true };
    expect(refusals.judge({ ...written, isLate: true })).toBe('everybody');
    expect(refuse(refusals, 1, firstUsers)).toBe('everybody');
  });

  it('those who are asked late are no row, and hear of one', () => {
    const refusals = createRefusals();
    refusals.successes.set(operation, 1);
    for (let user = 0; user < 2 * usersInARow; user += 1)
      expect(refusals.judge({ operation, user: `late ${user}`, isLate: true, isWholeRun: false })).toBe(
        'user',
      );
    refuse(refusals, 1, usersInARow);
    expect(refusals.judge({ operation, user: 'late', isLate: true, isWholeRun: false })).toBe('everybody');
  });
});

describe('a user for whom the vendor is too busy', () => {
  it('a user is throttled alone once others went through since the first time, and then for good', () => {
    const refusals = createRefusals();
    expect([1, 2].map(() => refusals.isThrottledAlone(operation, 'kari'))).toEqual([false, false]);
    refusals.successes.set(operation, 1);
    expect(refusals.isThrottledAlone(operation, 'ola')).toBe(false);
    expect([1, 2].map(() => refusals.isThrottledAlone(operation, 'kari'))).toEqual([true, true]);
  });
});

it('what the answers of a run show is kept over all its batches, of 16 runs', () => {
  const refusalsOf = createRunRefusals();
  const first = refusalsOf('run 0');
  for (let run = 1; run < 16; run += 1) refusalsOf(`run ${run}`);
  expect(refusalsOf('run 0')).toBe(first);
  for (let run = 16; run < 31; run += 1) refusalsOf(`run ${run}`);
  expect(refusalsOf('run 0')).toBe(first);
  for (let run = 31; run < 47; run += 1) refusalsOf(`run ${run}`);
  expect(refusalsOf('run 0')).not.toBe(first);
});

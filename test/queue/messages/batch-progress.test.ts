import { expect, it } from 'vitest';
import { readProgress } from '../../../src/queue/messages/batch-progress.ts';
import { UnreadableRecord } from '../../../src/queue/messages/parse.ts';
import { keepProgress, newProgress } from '../../../src/runs/batch.ts';

function kept() {
  const progress = newProgress(4);
  progress.ledger.pending.delete(1);
  progress.ledger.strikes.set(2, 1);
  progress.applied.push(1);
  const user = { username: 'åsa', userStorageName: 'AD', groups: ['Styret'] };
  progress.actions.push({ user, subject: 'd1', deadline: 5 });
  progress.observations.push(['d1', 7, null]);
  progress.tally.kept.inactive = 3;
  return JSON.parse(JSON.stringify(keepProgress(progress, [2])));
}

it.each([
  ['0, as BullMQ says', 0],
  ['an empty object', {}],
])('the progress of a batch before its first record is none: %s', (_, progress) => {
  expect(readProgress(progress)).toBeUndefined();
});

it('the progress of a batch is read as it was written down, also what only its job knows of an action', () => {
  const whole = kept();
  whole.actions[0].timeout = 9;
  expect(readProgress(whole)).toEqual(whole);
});

it.each([
  ['a text', 'half'],
  ['a list', [1]],
  ['a part of it', { pending: [[0, 4]] }],
  ['a negative index', { ...kept(), pending: [[-1, 2]] }],
  ['a range of nothing', { ...kept(), pending: [[0, 0]] }],
  ['a count that is none', { ...kept(), tally: { ...kept().tally, late: '1' } }],
  ['an action without its user', { ...kept(), actions: [{ subject: 'd1' }] }],
])('a progress that is %s is an error, and never a batch that begins again', (_, progress) => {
  expect(() => readProgress(progress)).toThrow(UnreadableRecord);
  expect(() => readProgress(progress)).toThrow(
    /^The progress of this batch in Redis cannot be read: [^\n]+\. Another .* start the run again\.$/,
  );
});

import { expect, it } from 'vitest';
import { readBatchReturn, toBatchReturn } from '../../../src/queue/messages/batch-return.ts';
import { pack } from '../../../src/queue/messages/packed.ts';
import { UnreadableRecord } from '../../../src/queue/messages/parse.ts';
import type { BatchResult } from '../../../src/runs/batch.ts';
import { emptyTally } from '../../../src/runs/tally.ts';

const whole: BatchResult = {
  tally: { ...emptyTally(), attempts: 1, failures: [{ user: 'åsa', reason: 'no such user' }] },
  actions: [{ user: { username: 'åsa', associateId: 3 }, subject: 'd1', late: true }],
  observations: [
    ['d1', 7, null],
    ['d2', 8, 'x'],
  ],
  stopped: 'no connection',
};

it.each([
  ['with everything in it', whole],
  ['of a batch that found nothing', { tally: emptyTally() }],
])('the result of a batch is the same after its way through Redis: %s', (_, result) => {
  expect(readBatchReturn(JSON.parse(JSON.stringify(toBatchReturn(result))))).toEqual(result);
});

it('the reason why a batch stopped keeps its name in Redis', () => {
  expect(toBatchReturn(whole)).toMatchObject({ halted: 'no connection' });
});

it.each([
  ['nothing', undefined],
  ['a text', 'done'],
  ['without numbers', { actions: [] }],
  [
    'with an action of somebody without a name',
    { tally: emptyTally(), found: pack(JSON.stringify({ actions: [[[], 'd', null, null]] }), 'small') },
  ],
  [
    'with a deadline that is no moment',
    {
      tally: emptyTally(),
      found: pack(JSON.stringify({ actions: [[['a', null, null], 'd', 'soon', null]] }), 'small'),
    },
  ],
  ['with something that was not packed', { tally: emptyTally(), found: 'kari' }],
  ['with something packed that is no JSON', { tally: emptyTally(), found: pack('{', 'small') }],
])('the result of a batch that is %s cannot be read', (_, value) => {
  expect(() => readBatchReturn(value)).toThrow(UnreadableRecord);
});

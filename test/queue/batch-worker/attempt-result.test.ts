import { DelayedError, RateLimitError, UnrecoverableError, WaitingError } from 'bullmq';
import { expect, test } from 'vitest';
import { endOfError, endOfResult, failAtOnce } from '../../../src/queue/batch-worker/attempt-result.ts';
import { UnreadableRecord } from '../../../src/queue/messages/parse.ts';
import { UnusablePayload } from '../../../src/queue/messages/unusable-payload.ts';
import { emptyTally } from '../../../src/runs/tally.ts';

const attempt = (attemptsMade: number, attempts?: number) => ({
  attemptsMade,
  opts: attempts === undefined ? {} : { attempts },
});

test.each([
  ['whose vendor is left alone', new RateLimitError(), attempt(0, 3), 'vendor-held'],
  ['that is handed back when its worker stops', new WaitingError(), attempt(0, 3), 'handed-back'],
  ['of a job that is paused', new DelayedError(), attempt(0, 3), 'handed-back'],
  ['that fails and has attempts left', new Error('broken'), attempt(1, 3), 'retried'],
  ['that fails for the last time', new Error('broken'), attempt(2, 3), 'failed'],
  ['whose progress cannot be read', new UnreadableRecord('The progress', 'half'), attempt(0, 3), 'failed'],
  ['whose payload is not ours', new UnusablePayload('batch', 'half'), attempt(0, 3), 'failed'],
  ['that fails and has one attempt only', new Error('broken'), attempt(0), 'failed'],
])('an attempt at a batch %s is told as such', (_, error, job, end) => {
  expect(endOfError(error, job)).toBe(end);
});

test('an attempt that hands something to its run is done, or given up where a part was not reached', () => {
  expect(endOfResult({ tally: emptyTally() })).toBe('done');
  expect(endOfResult({ tally: emptyTally(), stopped: 'the vendor is gone' })).toBe('given-up');
});

test('BullMQ fails a batch at once that cannot be read, and tries any other again', () => {
  expect(() => failAtOnce(new UnreadableRecord('The progress', 'half'))).toThrow(UnrecoverableError);
  const broken = new Error('broken');
  expect(() => failAtOnce(broken)).toThrow(broken);
});

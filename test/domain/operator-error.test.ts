import { expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';

class Example extends OperatorError {
  override readonly name = 'Example';
}

it('the message of an operator error is its problem and then its advice', () => {
  const error = new Example({ problem: 'The roster is empty.', advice: 'Check its source.' });
  expect(error.message).toBe('The roster is empty. Check its source.');
  expect(error).toMatchObject({ problem: 'The roster is empty.', advice: 'Check its source.' });
});

it('the advice of an operator error stands on a line of its own behind a problem of several lines', () => {
  const error = new Example({ problem: 'Two are wrong:\n  a\n  b', advice: 'Correct them.' });
  expect(error.message).toBe('Two are wrong:\n  a\n  b\nCorrect them.');
});

it('the message of an operator error without advice is its problem alone', () => {
  expect(new Example({ problem: 'The roster is empty.', advice: '' }).message).toBe('The roster is empty.');
});

it('an operator error ends a command with 1 unless it says otherwise', () => {
  expect(new Example({ problem: 'a.', advice: 'b.' }).exitCode).toBe(1);
  expect(new Example({ problem: 'a.', advice: 'b.', exitCode: 2 }).exitCode).toBe(2);
});

it('an operator error has a cause only when one is given', () => {
  const cause = new Error('c');
  expect(new Example({ problem: 'a.', advice: 'b.', cause }).cause).toBe(cause);
  expect('cause' in new Example({ problem: 'a.', advice: 'b.' })).toBe(false);
});

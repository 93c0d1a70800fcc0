import { expect, test } from 'vitest';
import { createProblem, problemLine } from '../../../src/config/settings/problem.ts';

const facts = { variable: 'LOG_LEVEL', kind: 'value', problem: 'is wrong' } as const;

test('the message of a problem is what is wrong, and then the advice where there is one', () => {
  expect(createProblem(facts).message).toBe('is wrong');
  expect(createProblem({ ...facts, advice: 'correct it' }).message).toBe('is wrong; correct it');
});

test('a problem keeps what is known of it', () => {
  const known = { ...facts, kind: 'name', advice: 'did you mean A?', meant: 'A' } as const;
  expect(createProblem(known)).toMatchObject(known);
});

test('a problem in one line begins with its variable', () => {
  expect(problemLine(createProblem({ ...facts, advice: 'correct it' }))).toBe(
    'LOG_LEVEL: is wrong; correct it',
  );
});

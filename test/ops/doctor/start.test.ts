import { expect, it } from 'vitest';
import { type Health, linesOf } from '../../../src/ops/doctor/check.ts';
import { linesForStart } from '../../../src/ops/doctor/start.ts';

const fails = (subject: string) => linesOf(subject).fail('check', 'found', 'remedy');

it.each<[subject: string, health: Health]>([
  ['configuration', 'fail'],
  ['redis', 'fail'],
  ['roster', 'fail'],
  ['versions', 'fail'],
  ['pointsharp', 'warn'],
  ['superoffice', 'warn'],
  ['schedules', 'warn'],
  ['queue', 'warn'],
  ['timed-devices', 'warn'],
])('a failure of %s is a line of health %s where a pod starts', (subject, health) => {
  const [line] = linesForStart([fails(subject)]);
  expect(line).toEqual({
    ...fails(subject),
    health,
    ...(health === 'warn' ? { startsAnyway: true } : {}),
  });
});

it('a roster that takes long to count does not keep a pod from starting, and Redis that takes long does', () => {
  const slow = (subject: string) => linesOf(subject).fail('time', 'no result within 4 s', 'remedy');
  const [roster, redis] = linesForStart([slow('roster'), slow('redis')]);
  expect([roster?.health, redis?.health]).toEqual(['warn', 'fail']);
});

it('a source of the roster that is down does not keep a pod from starting, and a file that is missing does', () => {
  const [away, missing] = linesForStart(
    ['source', 'file'].map((check) => linesOf('roster').fail(check, 'found', 'remedy')),
  );
  expect([away?.health, missing?.health]).toEqual(['warn', 'fail']);
});

it('a line that is no failure stays as it is where a pod starts', () => {
  const { ok, warn, notChecked } = linesOf('pointsharp');
  const lines = [ok('a', 'b'), warn('a', 'b', 'c'), notChecked('a', 'b')];
  expect(linesForStart(lines)).toEqual(lines);
});

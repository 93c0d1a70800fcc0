import { expect, it } from 'vitest';
import { patternOf } from './defence.ts';
import { judge, parseReport } from './judge.ts';

const failed = (...failureMessages: string[]) => ({
  fullName: 'a door is closed',
  status: 'failed',
  failureMessages,
});
const passed = { fullName: 'a door is closed', status: 'passed' };
const other = { fullName: 'a window is closed', status: 'failed', failureMessages: ['AssertionError: no'] };
const skipped = { ...passed, status: 'skipped' };
const timedOut = failed('Error: Test timed out in 20000ms.');

it.each([
  [
    'caught, when its test failed',
    [failed('AssertionError: open\n    at x')],
    '',
    'caught',
    'AssertionError: open',
  ],
  ['caught, when one of its tests failed', [passed, failed('Error: open')], '', 'caught', 'Error: open'],
  ['survived, when its tests passed', [passed, other], '', 'survived', '1 passed'],
  ['broken, when no test with its title ran', [skipped, other], '', 'broken', 'no test with this title'],
  ['broken, when the whole file failed', [skipped], 'Error: Hook timed out', 'broken', 'Hook timed out'],
  ['broken, when it only timed out', [timedOut], '', 'broken', 'timed out'],
  [
    'broken, when what is left cannot run',
    [failed('ReferenceError: a is not defined')],
    '',
    'broken',
    'Reference',
  ],
])('a defence that was taken out is %s', (_what, assertionResults, message, outcome, why) => {
  const report = parseReport(JSON.stringify({ testResults: [{ message, assertionResults }] }));
  expect(judge(report, 'door is')).toEqual({ outcome, why: expect.stringContaining(why) });
});

it('a defence is caught by a test that times out where nothing else can show it', () => {
  const report = parseReport(JSON.stringify({ testResults: [{ assertionResults: [timedOut] }] }));
  expect(judge(report, 'is closed', true).outcome).toBe('caught');
});

it('the words of a title are looked for as they are written, and %s stands for anything', () => {
  const pattern = new RegExp(patternOf('the path (%s) costs 1.5 %'));
  expect(pattern.test('the path (/a) costs 1.5 %')).toBe(true);
  expect(pattern.test('the path /a costs 1.5 %')).toBe(false);
  expect(pattern.test('the path (/a) costs 105 %')).toBe(false);
});

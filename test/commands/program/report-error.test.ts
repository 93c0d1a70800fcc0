import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { reportError } from '../../../src/commands/program/report-error.ts';
import { UsageError } from '../../../src/commands/usage-error.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { escapeCode, openStreams } from '../streams.ts';

class Outage extends OperatorError {
  override readonly name = 'Outage';
}

function report(error: unknown) {
  const { context, errors } = openStreams(false);
  return { code: reportError(error, context.errors), errors: errors() };
}

/** The error of an environment that cannot be used. */
function configError(environment: Record<string, string>): unknown {
  try {
    return loadConfig(environment, jobs, DateTime.utc());
  } catch (error) {
    return error;
  }
}

it('an error for people is reported in one line, with its exit code and without a stack', () => {
  const usage = new UsageError('There is no job purge.', 'The jobs are a and b.');
  expect(report(usage)).toEqual({
    code: 2,
    errors: 'caretaker: There is no job purge. The jobs are a and b.\n',
  });
  const outage = new Outage({ problem: 'The vendor is down.', advice: 'Try again later.' });
  expect(report(outage)).toEqual({ code: 1, errors: 'caretaker: The vendor is down. Try again later.\n' });
});

it('a name with a line break and control characters cannot begin a line of the report', () => {
  const { errors } = report(new UsageError(`There is no run ${escapeCode}[2J\nexit 0: all well.`, ''));
  expect(errors).toBe('caretaker: There is no run \\u001b[2J\\u000aexit 0: all well.\n');
});

it('wrong variables are reported one in a line, each of them printable', () => {
  const { code, errors } = report(
    configError({ CARETAKER_MODE: `${escapeCode}[31m\nexit 0`, LOG_LEVEL: 'loud' }),
  );
  expect(code).toBe(2);
  expect(errors).not.toContain(escapeCode);
  expect(errors).not.toMatch(/^exit 0/m);
  for (const name of ['CARETAKER_MODE', 'LOG_LEVEL']) {
    expect(errors).toMatch(new RegExp(`^  ${name}: expected `, 'm'));
  }
  expect(errors).toMatch(/^All variables: caretaker config --reference\n$/m);
});

it('an error that is not made for people is reported with its stack and exit code 1', () => {
  const { code, errors } = report(new TypeError('x is undefined'));
  expect(code).toBe(1);
  expect(errors).toMatch(/^caretaker: TypeError: x is undefined\n {4}at .*report-error\.test\.ts/);
});

it('something thrown that is no error is reported as a text with exit code 1', () => {
  expect(report('oops\n')).toEqual({ code: 1, errors: 'caretaker: oops\\u000a\n' });
});

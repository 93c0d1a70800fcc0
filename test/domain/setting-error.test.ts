import { expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { SettingError } from '../../src/domain/setting-error.ts';

it('a setting that cannot be used ends a command with exit code 2, and says what is wrong and what to do', () => {
  const error = new SettingError('CA_FILE is missing.', 'Set it.');
  expect(error).toBeInstanceOf(OperatorError);
  expect(error).toMatchObject({
    name: 'SettingError',
    exitCode: 2,
    message: 'CA_FILE is missing. Set it.',
    problem: 'CA_FILE is missing.',
    advice: 'Set it.',
  });
});

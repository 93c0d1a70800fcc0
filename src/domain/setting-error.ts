import { exitCodes } from './exit-codes.ts';
import { OperatorError } from './operator-error.ts';

/** A setting that cannot be used, though it could be read: a file, a header, an address. It never shows a secret. */
export class SettingError extends OperatorError {
  override readonly name = 'SettingError';

  /**
   * @param problem what is wrong, and with which variable: whole sentences
   * @param advice what to do now: whole sentences
   */
  constructor(problem: string, advice: string, options: { readonly cause?: unknown } = {}) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
  }
}

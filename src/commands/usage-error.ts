import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';

/** A command that cannot be done as it was asked for. */
export class UsageError extends OperatorError {
  override readonly name = 'UsageError';

  /**
   * @param problem what is wrong, and with what: whole sentences
   * @param advice what to do now: whole sentences; empty where the problem leaves nothing to do
   */
  constructor(problem: string, advice: string, options: { readonly cause?: unknown } = {}) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
  }
}

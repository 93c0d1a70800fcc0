import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../domain/system-error.ts';

/** A roster that cannot be read at all. */
export class RosterError extends OperatorError {
  override readonly name = 'RosterError';

  /**
   * @param problem what is wrong, and with which roster: whole sentences
   * @param advice what to do now: whole sentences
   */
  constructor(problem: string, advice: string, options: { readonly cause?: unknown } = {}) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
  }
}

/** The error of a roster that the system does not let us read. */
export function unreadable(name: string, cause: unknown): RosterError {
  return new RosterError(
    `The roster ${name} cannot be read: ${systemErrorText(cause)}.`,
    advices[errorCode(cause) ?? ''] ?? 'Check the file and its disk.',
    { cause },
  );
}

const advices: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  ENOTDIR: 'Check the path.',
  EACCES: 'Check its permissions.',
  EPERM: 'Check its permissions.',
  EISDIR: 'Name a CSV or NDJSON file in it.',
};

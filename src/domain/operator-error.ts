import { type ExitCode, exitCodes } from './exit-codes.ts';

/** What an error tells its reader, and a script. */
export interface OperatorErrorFacts {
  /** What failed, and on what: whole sentences. */
  readonly problem: string;
  /** What to do now: whole sentences. */
  readonly advice: string;
  /** How a command ends that meets it; left out, `failures`. */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/**
 * Every error that reaches a person is of this family. Its message is the problem and the advice, one after the other, on
 * a line of its own behind a problem of several lines; a program decides by its class and its fields, never by its message or its name.
 */
export abstract class OperatorError extends Error {
  readonly problem: string;
  readonly advice: string;
  readonly exitCode: ExitCode;

  constructor({ problem, advice, exitCode = exitCodes.failures, cause }: OperatorErrorFacts) {
    const separator = problem.includes('\n') ? '\n' : ' ';
    super(
      [problem, advice].filter((text) => text !== '').join(separator),
      cause === undefined ? {} : { cause },
    );
    this.problem = problem;
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

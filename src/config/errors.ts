import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { type Problem, problemLine } from './settings/problem.ts';

/** Configuration that cannot be used. Its message names every wrong variable at once. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 variable' : `${problems.length} variables`;
    const lines = problems.map((problem) => `  ${problemLine(problem)}`);
    super({
      problem: [`The configuration has ${count} to correct:`, ...lines].join('\n'),
      advice: 'All variables: caretaker config --reference',
      exitCode: exitCodes.usage,
    });
    this.problems = problems;
  }
}

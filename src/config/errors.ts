import type { Problem } from './settings/read-group.ts';

/** Configuration that cannot be used. The message names every wrong variable at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`);
    const count = problems.length === 1 ? '1 variable' : `${problems.length} variables`;
    super(
      `The configuration has ${count} to correct:\n${lines.join('\n')}\nAll variables: caretaker config --reference`,
    );
    this.problems = problems;
  }
}

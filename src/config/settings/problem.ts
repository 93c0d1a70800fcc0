/** Settings that can be used each by itself, but not together. */
export interface Mismatch {
  /** What does not fit, and what would come of it. */
  readonly problem: string;
  /** What to do now. */
  readonly advice: string;
}

/** What is taken for granted because a setting is left out. */
export interface Assumption extends Mismatch {
  /** The setting, as the policy calls it. */
  readonly key: string;
}

/** What is known of a problem. */
interface ProblemFacts {
  /** The variable, or what those begin with that do not fit together: `REFRESH_TIMED_DEVICES_*`. */
  readonly variable: string;
  /** `value`: it cannot be used. `name`: there is no such variable. `mismatch`: several do not fit together. */
  readonly kind: 'value' | 'name' | 'mismatch';
  /** What is wrong, as it reads after the name of the variable: `is not known`. */
  readonly problem: string;
  /** What to do now; left out where the problem says it. */
  readonly advice?: string;
  /** The variable that was most likely meant. */
  readonly meant?: string;
}

/** One wrong variable: what is wrong with it, and what to do. */
export interface Problem extends ProblemFacts {
  /** Problem and advice in one line, as it reads after the name of the variable. */
  readonly message: string;
}

/** Makes a problem of what is known of it. */
export function createProblem(facts: ProblemFacts): Problem {
  const { problem, advice } = facts;
  return { ...facts, message: advice === undefined ? problem : `${problem}; ${advice}` };
}

/** A problem in one line: `LOG_LEVEL: expected …`. */
export function problemLine({ variable, message }: Pick<Problem, 'variable' | 'message'>): string {
  return `${variable}: ${message}`;
}

import { allVariables } from './settings/all.ts';
import type { JobDeclaration } from './settings/job.ts';
import { createProblem, type Problem } from './settings/problem.ts';
import { type Environment, readText } from './settings/read-group.ts';
import { keepsOuterBlank } from './settings/secret-text.ts';

/** Secrets with a blank before or behind them: they are used as they are, but seldom meant so. */
export function secretWarnings(environment: Environment, jobs: readonly JobDeclaration[]): Problem[] {
  return allVariables(jobs).flatMap(([variable, setting]) => {
    const written = readText(variable, setting, environment);
    if (!('text' in written) || !written.text || !keepsOuterBlank(setting, written.text)) return [];
    return createProblem({
      variable,
      kind: 'value',
      problem: 'begins or ends with a blank, which is used as a part of the secret',
      advice: 'remove the blank, if it is not meant',
    });
  });
}

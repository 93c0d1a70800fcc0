import { closeName } from '../domain/close-name.ts';
import { allVariables, settingGroups } from './settings/all.ts';
import type { JobDeclaration } from './settings/job.ts';
import { createProblem, type Problem } from './settings/problem.ts';
import { type Environment, variableNames } from './settings/read-group.ts';
import { isServiceName } from './settings/service-link.ts';

/** Variables with one of our prefixes that mean nothing: most likely misspelled. */
export function unknownVariables(environment: Environment, jobs: readonly JobDeclaration[]): Problem[] {
  const known = allVariables(jobs).flatMap(([name, setting]) => variableNames(name, setting));
  const prefixes = settingGroups(jobs)
    .filter(({ isShared }) => !isShared)
    .map(({ prefix }) => prefix);
  return Object.keys(environment)
    .filter((name) => environment[name] !== undefined && prefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !known.includes(name) && !isServiceName(name))
    .map((variable) => {
      const meant = closeName(variable, known, 3);
      const hint = meant === undefined ? {} : { meant, advice: `did you mean ${meant}?` };
      return createProblem({ variable, kind: 'name', problem: 'is not known', ...hint });
    });
}

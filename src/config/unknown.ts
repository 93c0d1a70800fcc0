import { closest, distance } from 'fastest-levenshtein';
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
      const nearest = closest(variable, known);
      const isClose = distance(variable, nearest) <= Math.max(3, variable.length / 4);
      const hint = isClose ? { meant: nearest, advice: `did you mean ${nearest}?` } : {};
      return createProblem({ variable, kind: 'name', problem: 'is not known', ...hint });
    });
}

import { closest, distance } from 'fastest-levenshtein';
import { closeName } from '../domain/close-name.ts';
import { allVariables, settingGroups } from './settings/all.ts';
import type { JobDeclaration } from './settings/job.ts';
import { createProblem, type Problem } from './settings/problem.ts';
import { type Environment, variableNames } from './settings/read-group.ts';
import { isServiceName } from './settings/service-link.ts';

/** Variables with one of our prefixes that mean nothing: most likely misspelled. */
export function unknownVariables(environment: Environment, jobs: readonly JobDeclaration[]): Problem[] {
  const known = knownVariables(jobs);
  const prefixes = ownPrefixes(jobs);
  return Object.keys(environment)
    .filter((name) => environment[name] !== undefined && prefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !known.includes(name) && !isServiceName(name))
    .map((variable) => {
      const meant = closeName(variable, known, 3);
      const hint = meant === undefined ? {} : { meant, advice: `did you mean ${meant}?` };
      return createProblem({ variable, kind: 'name', problem: 'is not known', ...hint });
    });
}

/** So long a name is no chance likeness of one of ours. */
const leastLength = 12;

/** Variables that would be ours but for a slip in their prefix; to be told, as they may be somebody else's. */
export function nearlyOurs(environment: Environment, jobs: readonly JobDeclaration[]): Problem[] {
  const prefixes = ownPrefixes(jobs);
  const known = knownVariables(jobs).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.keys(environment)
    .filter((name) => name.length >= leastLength && !prefixes.some((prefix) => name.startsWith(prefix)))
    .flatMap((variable) => {
      const meant = closest(variable, known);
      if (distance(variable, meant) > 2) return [];
      const problem = 'is not known, and has no effect';
      return [createProblem({ variable, kind: 'name', problem, meant, advice: `did you mean ${meant}?` })];
    });
}

function knownVariables(jobs: readonly JobDeclaration[]): string[] {
  return allVariables(jobs).flatMap(([name, setting]) => variableNames(name, setting));
}

function ownPrefixes(jobs: readonly JobDeclaration[]): string[] {
  return settingGroups(jobs)
    .filter(({ isShared }) => !isShared)
    .map(({ prefix }) => prefix);
}

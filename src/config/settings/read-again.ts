import type { Problem } from './problem.ts';

interface Reading {
  readonly secrets: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a part of the configuration again, whose files may have changed; undefined while they cannot be used.
 *
 * @param secrets where those are added that are new, to be kept out of every output from then on
 */
export function readAgain<R extends Reading>(read: () => R, secrets: string[]): R | undefined {
  const again = read();
  if (again.problems.length > 0) return undefined;
  secrets.push(...again.secrets.filter((secret) => !secrets.includes(secret)));
  return again;
}

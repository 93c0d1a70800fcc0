import satisfies from 'spdx-satisfies';
import { type LockedPackage, nameAt, type Supply } from './packages.ts';

/** Licences of what is in the image: they ask for no more than that their text is kept. */
export const allowedInProduction = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
];
/** Further licences of what is only used to build and to test, and is handed to nobody. */
export const allowedInDevelopment = [...allowedInProduction, 'MPL-2.0', 'CC0-1.0', 'CC-BY-3.0'];

/** Everything that is wrong with the dependencies, each with its package. */
export function problems(supply: Supply): string[] {
  return [
    ...unjustified(supply),
    ...Object.entries(supply.packages).flatMap(([path, locked]) =>
      [licenceProblem(supply, path, locked), sourceProblem(supply, path, locked)].filter(
        (problem) => problem !== undefined,
      ),
    ),
    ...rangeProblems(supply),
  ];
}

/** The licence of a package: as the lock file has it, or as the installed package names it. */
export function licenceAt({ packages, installed }: Supply, path: string): string {
  return packages[path]?.license ?? installed.get(path) ?? '';
}

/**
 * A package for building and testing on another platform, which the registry at hand did not offer. What the program itself
 * needs has a checksum for every platform: it is also installed where nobody of ours has looked.
 */
export function isForAnotherPlatform({ dev, optional, os, integrity }: LockedPackage): boolean {
  return dev === true && optional === true && os !== undefined && integrity === undefined;
}

function unjustified({ manifest, reasons }: Supply): string[] {
  const table = 'the table of libraries in docs/libraries.md';
  const kinds = [
    { names: Object.keys(manifest.dependencies), isForDevelopment: false },
    { names: Object.keys(manifest.devDependencies), isForDevelopment: true },
  ];
  const wrong = kinds.flatMap(({ names, isForDevelopment }) =>
    names.flatMap((name) => {
      const reason = reasons.get(name);
      if (!reason?.purpose) return [`${name}: ${table} does not say what for`];
      return reason.isForDevelopment === isForDevelopment
        ? []
        : [`${name}: ${table} has it on the wrong side`];
    }),
  );
  const known = kinds.flatMap(({ names }) => names);
  const gone = [...reasons.keys()].filter((name) => !known.includes(name));
  return [...wrong, ...gone.map((name) => `${name}: ${table} has it, and package.json has not`)];
}

function licenceProblem(supply: Supply, path: string, locked: LockedPackage): string | undefined {
  if (isForAnotherPlatform(locked)) return undefined;
  const name = nameAt(path);
  const licence = licenceAt(supply, path);
  const own = supply.installed.get(path) ?? licence;
  if (licence === '') return `${name}: names no licence`;
  if (own !== licence)
    return `${name}: the lock file says ${licence}, the package itself ${own || 'nothing'}`;
  const allowed = locked.dev ? allowedInDevelopment : allowedInProduction;
  return isAllowed(licence, allowed) ? undefined : `${name}: the licence ${licence} is not allowed`;
}

function isAllowed(expression: string, allowed: readonly string[]): boolean {
  try {
    return satisfies(expression, [...allowed]);
  } catch {
    // What is no SPDX expression has to be looked at by a person.
    return false;
  }
}

function sourceProblem({ manifest }: Supply, path: string, locked: LockedPackage): string | undefined {
  const name = nameAt(path);
  if (locked.link) return `${name}: is a link out of node_modules`;
  if (locked.resolved !== undefined && !locked.resolved.startsWith('https://'))
    return `${name}: does not come from a registry by https (${locked.resolved})`;
  if (locked.hasInstallScript && manifest.allowScripts?.[name] === undefined)
    return `${name}: has an install script that allowScripts neither allows nor refuses`;
  if (locked.integrity === undefined && !isForAnotherPlatform(locked)) return `${name}: has no checksum`;
  return undefined;
}

function rangeProblems({ manifest, packages }: Supply): string[] {
  const all: [name: string, range: string][] = [manifest, ...Object.values(packages)].flatMap((one) =>
    [
      one.dependencies,
      'devDependencies' in one ? one.devDependencies : (one as LockedPackage).optionalDependencies,
    ].flatMap((ranges) => Object.entries(ranges ?? {})),
  );
  return all
    .filter(([, range]) => /[:/]/.test(range) && !range.startsWith('npm:'))
    .map(([name, range]) => `${name}: ${range} is no version range of a registry`);
}

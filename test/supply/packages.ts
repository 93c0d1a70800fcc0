import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What package.json says of dependencies. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** One package as package-lock.json has it. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Packages by their path (`node_modules/a/node_modules/b`). */
export type Packages = Readonly<Record<string, LockedPackage>>;

/** Why a direct dependency is there. */
export interface Reason {
  readonly purpose: string;
  readonly isForDevelopment: boolean;
}

/** Everything that is known of the dependencies without asking anybody. */
export interface Supply {
  readonly manifest: Manifest;
  readonly packages: Packages;
  /** By package, from the table of docs/libraries.md. */
  readonly reasons: ReadonlyMap<string, Reason>;
  /** The licence that an installed package names itself, by its path. */
  readonly installed: ReadonlyMap<string, string>;
}

const root = join(import.meta.dirname, '../..');

/** Reads what this checkout depends on. */
export function readSupply(): Supply {
  const { packages } = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, LockedPackage>;
  };
  const { '': _project, ...others } = packages;
  return {
    manifest: JSON.parse(readText('package.json')),
    packages: others,
    reasons: readReasons(readText('docs/libraries.md')),
    installed: new Map(
      Object.keys(others)
        .filter((path) => existsSync(join(root, path, 'package.json')))
        .map((path) => [path, licenceOf(readText(join(path, 'package.json')))]),
    ),
  };
}

/** Reads the table under `## Libraries`: names separated by commas, `(development)` behind them, and the purpose. */
export function readReasons(decisions: string): Map<string, Reason> {
  const [, section = ''] = decisions.split(/^## Libraries$/m);
  const reasons = new Map<string, Reason>();
  for (const [, names = '', purpose = ''] of section.matchAll(/^\|([^|]+)\|([^|]+)\|[^|]*\|$/gm)) {
    if (/^[\s-]*$/.test(names) || names.trim() === 'library') continue;
    const isForDevelopment = names.includes('(development)');
    for (const name of names.replace('(development)', '').split(',')) {
      reasons.set(name.trim(), { purpose: purpose.trim(), isForDevelopment });
    }
  }
  return reasons;
}

/** `node_modules/a/node_modules/@b/c` → `@b/c` */
export function nameAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** The paths of everything that a direct dependency brings along, itself left out. */
export function broughtBy(name: string, packages: Packages): Set<string> {
  const start = `node_modules/${name}`;
  const found = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      packages[path] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (peer) => !peerDependenciesMeta?.[peer]?.optional,
    );
    for (const wanted of [
      ...Object.keys(dependencies ?? {}),
      ...Object.keys(optionalDependencies ?? {}),
      ...peers,
    ]) {
      const target = resolve(path, wanted, packages);
      if (target === undefined || target === start || found.has(target)) continue;
      found.add(target);
      waiting.push(target);
    }
  }
  return found;
}

/** Where Node.js finds a package that is imported from another. */
function resolve(from: string, wanted: string, packages: Packages): string | undefined {
  for (let folder = from; ; ) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${wanted}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up === -1 ? '' : folder.slice(0, up);
  }
}

function readText(path: string): string {
  return readFileSync(join(root, path.replace(`${root}/`, '')), 'utf8');
}

function licenceOf(manifest: string): string {
  const { license } = JSON.parse(manifest) as { license?: unknown };
  return typeof license === 'string' ? license : '';
}

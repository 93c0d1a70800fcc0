import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { broughtBy, type LockedPackage, readReasons, readSupply, type Supply } from './packages.ts';
import { dependenciesPage } from './page.ts';
import { problems } from './rules.ts';

const supply = readSupply();

it('every dependency is justified, freely licensed, from a registry, with a checksum and without surprises', () => {
  expect(Object.keys(supply.packages).length).toBeGreaterThan(200);
  expect(supply.installed.size).toBeGreaterThan(200);
  expect(problems(supply)).toEqual([]);
});

it('the list of dependencies is what docs/dependencies.md says; mend it with: npm run docs', () => {
  const page = readFileSync(new URL('../../docs/dependencies.md', import.meta.url), 'utf8');
  expect(page).toBe(dependenciesPage(supply));
});

const sound: LockedPackage = {
  version: '1.0.0',
  license: 'MIT',
  resolved: 'https://registry.example/planted.tgz',
  integrity: 'sha512-x',
};

/** The dependencies of this project, and a package that has got in among them. */
function planted(changes: Partial<LockedPackage>, path = 'node_modules/planted'): Supply {
  const { license, ...rest } = { ...sound, ...changes };
  const locked = license === undefined ? rest : { ...rest, license };
  return { ...supply, packages: { ...supply.packages, [path]: locked } };
}

it('a package as they should be is no problem', () => {
  for (const license of ['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND ISC'])
    expect(problems(planted({ license }))).toEqual([]);
  expect(problems(planted({ license: 'MPL-2.0', dev: true }))).toEqual([]);
});

it.each<[what: string, changes: Partial<LockedPackage>, problem: string]>([
  ['a copyleft licence', { license: 'GPL-3.0-only' }, 'the licence GPL-3.0-only is not allowed'],
  ['one also for development', { license: 'AGPL-3.0-or-later', dev: true }, 'is not allowed'],
  ['a licence for development only', { license: 'MPL-2.0' }, 'is not allowed'],
  ['half a copyleft licence', { license: 'MIT AND GPL-2.0-only' }, 'is not allowed'],
  ['an exception to one', { license: 'GPL-2.0-only WITH Classpath-exception-2.0' }, 'is not allowed'],
  ['an invented licence', { license: 'Do as you like' }, 'is not allowed'],
  ['a file as a licence', { license: 'SEE LICENSE IN LICENSE.md' }, 'is not allowed'],
  ['no licence', { license: undefined as never }, 'names no licence'],
  ['an empty licence', { license: '' }, 'names no licence'],
  ['no checksum', { integrity: undefined as never }, 'has no checksum'],
  [
    'no checksum, optional but for any platform',
    { integrity: undefined as never, optional: true, dev: true },
    'has no checksum',
  ],
  [
    'no checksum, for another platform but also in production',
    { integrity: undefined as never, optional: true, os: ['win32'] },
    'has no checksum',
  ],
  ['an install script', { hasInstallScript: true }, 'has an install script'],
  ['a source in git', { resolved: 'git+ssh://git@github.com/a/b.git#1' }, 'does not come from a registry'],
  ['a source without TLS', { resolved: 'http://registry.example/a.tgz' }, 'does not come from a registry'],
  ['a link', { link: true }, 'is a link'],
  [
    'a dependency in git',
    { dependencies: { evil: 'github:a/evil' } },
    'evil: github:a/evil is no version range',
  ],
  ['a dependency by address', { optionalDependencies: { evil: 'https://a/b.tgz' } }, 'is no version range'],
])('a package with %s is found', (_what, changes, problem) => {
  expect(problems(planted(changes))).toEqual([expect.stringContaining(problem)]);
});

it('a lock file that says another licence than the package itself is found', () => {
  const installed = new Map([...supply.installed, ['node_modules/zod', 'GPL-3.0-only']]);
  expect(problems({ ...supply, installed })).toEqual([
    'zod: the lock file says MIT, the package itself GPL-3.0-only',
  ]);
});

it('a dependency without a reason is found, and so is a reason without a dependency', () => {
  const { manifest } = supply;
  const more = { ...manifest, dependencies: { ...manifest.dependencies, 'left-pad': '^1.0.0' } };
  expect(problems({ ...supply, manifest: more })).toEqual([expect.stringContaining('left-pad: ')]);
  const reasons = new Map([...supply.reasons, ['gone', { purpose: 'x', isForDevelopment: false }]]);
  expect(problems({ ...supply, reasons })).toEqual([expect.stringContaining('package.json has not')]);
  const { zod = '', ...dependencies } = manifest.dependencies;
  const moved = { ...manifest, dependencies, devDependencies: { ...manifest.devDependencies, zod } };
  expect(problems({ ...supply, manifest: moved })).toEqual([expect.stringContaining('zod: ')]);
});

it('a dependency of the project itself by address is found', () => {
  const { manifest } = supply;
  const zod = 'git+https://github.com/colinhacks/zod.git';
  const changed = { ...manifest, dependencies: { ...manifest.dependencies, zod } };
  expect(problems({ ...supply, manifest: changed })).toEqual([
    `zod: ${zod} is no version range of a registry`,
  ]);
});

it('the reasons are read from the table of libraries only', () => {
  const text =
    '| a | b | c |\n## Libraries\n\n| library | for | instead |\n| --- | --- | --- |\n| x, @y/z (development) | both | |\n';
  const reason = { purpose: 'both', isForDevelopment: true };
  expect([...readReasons(text)]).toEqual([
    ['x', reason],
    ['@y/z', reason],
  ]);
});

it('what a package brings is counted as Node.js finds it: the nearest first, each once, cycles too', () => {
  const packages = {
    'node_modules/a': { dependencies: { b: '1', c: '1' } },
    'node_modules/b': { dependencies: { c: '1' }, optionalDependencies: { missing: '1' } },
    'node_modules/b/node_modules/c': {
      peerDependencies: { a: '1', d: '1' },
      peerDependenciesMeta: { d: { optional: true } },
    },
    'node_modules/c': {},
    'node_modules/d': {},
  };
  expect([...broughtBy('a', packages)].sort()).toEqual([
    'node_modules/b',
    'node_modules/b/node_modules/c',
    'node_modules/c',
  ]);
});

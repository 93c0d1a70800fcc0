import { broughtBy, nameAt, readSupply, type Supply } from './packages.ts';
import { allowedInDevelopment, allowedInProduction, isForAnotherPlatform, licenceAt } from './rules.ts';

/** The page docs/dependencies.md: what the project depends on, what for, and under which licenses. */
export function dependenciesPage(supply: Supply): string {
  const { manifest, packages } = supply;
  const paths = Object.keys(packages);
  const production = paths.filter((path) => !packages[path]?.dev);
  const elsewhere = paths.filter((path) => isForAnotherPlatform(packages[path] ?? {}));
  const more = allowedInDevelopment.filter((licence) => !allowedInProduction.includes(licence));
  const scripts = Object.entries(manifest.allowScripts ?? {});
  return `# Dependencies

<!-- Generated from package.json, package-lock.json and the table of libraries in docs/libraries.md by \`npm run docs\`. -->

The program itself needs ${Object.keys(manifest.dependencies).length} packages, which bring others along: ${production.length} in all.
Building and testing needs ${Object.keys(manifest.devDependencies).length} more, with what they bring ${paths.length - production.length}; none of those is in the image.
_Brings_ counts the packages that come with one, itself left out; what two of them bring is counted for both.

\`test/supply/supply.test.ts\` checks with every test run:

- each direct dependency has its reason in [the table of libraries](libraries.md#libraries),
- each package has an allowed license, the same in the lock file and in the package,
- each comes from a registry, with a checksum,
- and no install script runs that package.json does not name.

\`npm run audit:advisories\` asks the registry for known vulnerabilities.

- **Allowed in the image:** ${allowedInProduction.join(', ')}.
- **Allowed for building and testing as well:** ${more.join(', ')}.
- **Install scripts:** ${scripts.map(([name, allowed]) => `${name} ${allowed ? 'runs' : 'does not run'}`).join(', ')}. The image is built with \`--ignore-scripts\`.
- **Without a checksum:** ${elsewhere.length} optional packages for building and testing on other platforms, which the registry at hand did not offer.

## In the image

${table(supply, manifest.dependencies)}

## For building and testing

${table(supply, manifest.devDependencies)}

## Licenses of all packages

${licences(supply)}
`;
}

function table(supply: Supply, ranges: Readonly<Record<string, string>>): string {
  const rows = Object.entries(ranges).map(([name, range]) => {
    const brings = String(broughtBy(name, supply.packages).size);
    const licence = licenceAt(supply, `node_modules/${name}`);
    return [name, `\`${range}\``, licence, brings, supply.reasons.get(name)?.purpose ?? ''];
  });
  return markdown(['package', 'version', 'license', 'brings', 'for'], rows);
}

function licences(supply: Supply): string {
  const { packages } = supply;
  const listed = Object.keys(packages).filter((path) => !isForAnotherPlatform(packages[path] ?? {}));
  const byLicence = Object.entries(Object.groupBy(listed, (path) => licenceAt(supply, path)));
  const rows = byLicence
    .map(([licence, paths = []]) => {
      const production = paths.filter((path) => !packages[path]?.dev);
      const few = paths.length > 4 ? '' : [...new Set(paths.map(nameAt))].sort().join(', ');
      return [licence, String(production.length), String(paths.length - production.length), few];
    })
    .sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  return markdown(['license', 'in the image', 'only for development', 'which, if few'], rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) process.stdout.write(dependenciesPage(readSupply()));

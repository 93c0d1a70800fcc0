import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { baseImage } from './base.ts';
import { build, type ImageFacts, inspect, mount } from './buildah.ts';
import { checks } from './checks.ts';
import type { Unpacked } from './container.ts';
import { openFixture } from './fixture.ts';
import { call, isThere } from './shell.ts';

/*
 * `npm run test:image`: builds the image with buildah and runs it as a cluster would: as a user without rights, on a
 * root that cannot be written, against a Redis and simulated vendors outside it. Needs Linux, root and buildah; no
 * daemon. Exits 0 when everything holds, 1 when something does not, 2 when it cannot be tried here.
 */

const { base, build: isToBuild } = new Command('npm run test:image --')
  .option('--base <image>', 'what to build on; local makes one here, which needs debootstrap', 'local')
  .option('--no-build', 'tries out the image that was built last')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ base: string; build: boolean }>();

process.exitCode = await main();

async function main(): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !(await isThere('buildah'))) {
    process.stderr.write(
      'The image is tried out on Linux, as root, with buildah: apt-get install buildah.\n',
    );
    return 2;
  }
  const project = resolve(import.meta.dirname, '../..');
  const image = 'localhost/caretaker:trial';
  if (isToBuild) {
    const begun = performance.now();
    const standsOn = await baseImage(base);
    await build(project, 'production', standsOn, image);
    print(`built on ${standsOn} in ${Math.round((performance.now() - begun) / 1000)} s`);
  }
  const { root, release } = await mount(image);
  try {
    const facts = await inspect(image);
    await tellSize(root, facts);
    return await tryOut({ ...facts, root });
  } finally {
    await release();
  }
}

async function tellSize(root: string, facts: ImageFacts): Promise<void> {
  const of = async (path: string) => Number((await call('du', '-sb', path)).split('\t')[0]) / 1e6;
  const [whole, app, modules] = [
    await of(root),
    await of(join(root, 'app')),
    await of(join(root, 'app/node_modules')),
  ];
  print(
    `size: ${whole.toFixed(0)} MB unpacked, of it ${app.toFixed(0)} MB the program (${modules.toFixed(0)} MB dependencies)`,
  );
  print(`user ${facts.user}, starts ${facts.entrypoint.join(' ')} ${facts.command.join(' ')}`);
}

async function tryOut(image: Unpacked): Promise<number> {
  const fixture = await openFixture(image);
  let failures = 0;
  try {
    for (const { name, holds } of checks) {
      try {
        const figures = await holds(fixture);
        const text =
          typeof figures === 'string'
            ? figures
            : Object.entries(figures)
                .map(([what, figure]) => `${what} ${figure}`)
                .join(', ');
        print(`${typeof figures === 'string' ? 'left out' : 'ok      '} ${name}: ${text}`);
      } catch (error) {
        failures += 1;
        print(`FAILED   ${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await fixture.close();
  }
  return failures > 0 ? 1 : 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

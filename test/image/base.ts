import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildah } from './buildah.ts';
import { call, isThere, show } from './shell.ts';

const release = 'bookworm';

/**
 * The image to build on: one that can be had, or, for `local`, a Debian made here with this process's Node and the
 * machine's npm in the places where the official image has them. It is made once for each version of Node.
 */
export async function baseImage(wanted: string): Promise<string> {
  if (wanted !== 'local') {
    await buildah('pull', '--quiet', wanted);
    return wanted;
  }
  const image = `localhost/caretaker-base:${process.version}`;
  if ((await buildah('images', '--quiet', '--filter', `reference=${image}`)) === '') await makeBase(image);
  return image;
}

async function makeBase(image: string): Promise<void> {
  if (!(await isThere('debootstrap'))) {
    throw new Error('A base made here needs debootstrap: apt-get install debootstrap.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-base-'));
  try {
    const root = join(folder, 'root');
    const packages = 'ca-certificates,libatomic1,libstdc++6';
    await show('debootstrap', '--variant=minbase', `--include=${packages}`, release, root);
    await cp(process.execPath, join(root, 'usr/local/bin/node'));
    // As the official image has it.
    await call('strip', '--strip-debug', join(root, 'usr/local/bin/node')).catch(() => {});
    const npm = dirname(dirname(await call('sh', '-c', 'readlink -f "$(command -v npm)"')));
    await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
    await call('ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
    await rm(join(root, 'var/cache/apt'), { recursive: true });
    await rm(join(root, 'var/lib/apt/lists'), { recursive: true });
    const container = await buildah('from', 'scratch');
    await buildah('add', '--quiet', container, root, '/');
    await buildah(
      'config',
      '--env',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      container,
    );
    await buildah('commit', '--quiet', '--rm', container, image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

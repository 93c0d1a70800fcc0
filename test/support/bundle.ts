import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A module asks for its own place in one of these ways; it has to hear the place of its source. */
const ownPlace = /\b(import\.meta\.(?:url|dirname|filename)|__dirname|__filename)\b/g;

function placeOf(file: string, word: string): string {
  if (word.endsWith('url')) return pathToFileURL(file).href;
  return word.endsWith('dirname') ? dirname(file) : file;
}

/** The program in few files, in a folder of its own. */
export interface Bundle {
  /** The file that it begins with. */
  readonly entry: string;
  remove(): Promise<void>;
}

/** Bundles the program as it is now; what it finds by paths of its own it finds where its source would. */
export async function bundleProgram(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-bundle-'));
  // What a library resolves by name at run time.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const bundle = await rolldown({
    input: join(root, 'src/caretaker.ts'),
    platform: 'node',
    // It looks for its pages with an eval of require.resolve, which no bundle can follow.
    external: /^@bull-board\//,
    logLevel: 'silent',
    plugins: [
      {
        name: 'own-place',
        transform: {
          filter: { code: /import\.meta\.|__dirname|__filename/ },
          handler: (code, file) => code.replace(ownPlace, (word) => JSON.stringify(placeOf(file, word))),
        },
      },
    ],
  });
  await bundle.write({
    dir: join(folder, 'dist'),
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  await bundle.close();
  return {
    entry: join(folder, 'dist/caretaker.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

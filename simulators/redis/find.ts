import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['redis-server', 'valkey-server'];
/** Folders that PATH often leaves out, above all under cron, in editors and on macOS. */
const commonFolders = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/local/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/snap/bin',
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds a redis-server or valkey-server: the one that `REDIS_SERVER` names, else on `PATH`, else in the common folders.
 *
 * @throws Error when `REDIS_SERVER` names something that cannot be executed.
 */
export function findRedisServer(
  environment: Environment = process.env,
  folders: readonly string[] = commonFolders,
): string | undefined {
  const named = environment.REDIS_SERVER;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(
      `REDIS_SERVER names ${named}, which is not an executable program. Correct it or unset it.`,
    );
  }
  return findProgram(names, environment, folders);
}

/** The first of these programs that is there, on `PATH` or in one of the folders. */
export function findProgram(
  programs: readonly string[],
  environment: Environment = process.env,
  folders: readonly string[] = [],
): string | undefined {
  const all = [...(environment.PATH ?? '').split(delimiter), ...folders].filter((folder) => folder !== '');
  return all.flatMap((folder) => programs.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

import { readFile } from 'node:fs/promises';
import { until } from '../faults/fault-rig.ts';
import { type Caretaker, startProgram } from '../support/caretaker.ts';
import type { ImageFacts } from './buildah.ts';

type Environment = Readonly<Record<string, string>>;

/** An image whose files lie on this machine. */
export interface Unpacked extends ImageFacts {
  readonly root: string;
}

/** Where a folder of the machine is seen in a container, for reading. */
export const mountedAt = '/mnt';

/** What the kernel is asked for, before the program takes the place of this shell as the first process. */
const prepare = `
set -e
mount --make-rprivate /
mount --bind "$CONTAINER_ROOT" "$CONTAINER_ROOT"
mount -o remount,bind,ro,nosuid "$CONTAINER_ROOT"
mount -t proc -o nosuid,nodev,noexec proc "$CONTAINER_ROOT/proc"
mount --rbind /dev "$CONTAINER_ROOT/dev"
mount -t tmpfs -o size=256m,mode=1777,nosuid,nodev,noexec tmpfs "$CONTAINER_ROOT/tmp"
mount --bind "$CONTAINER_FOLDER" "$CONTAINER_ROOT${mountedAt}"
mount -o remount,bind,ro "$CONTAINER_ROOT${mountedAt}"
root=$CONTAINER_ROOT
unset CONTAINER_ROOT CONTAINER_FOLDER OLDPWD PWD
exec unshare --root="$root" --wd="$CONTAINER_WD" --setuid="$CONTAINER_UID" --setgid="$CONTAINER_GID" -- "$@"
`;

/**
 * Starts a command line in an image: as its user, with no capability and none to be had, as process 1 of its own
 * namespace, on a root that cannot be written, with an empty /tmp; the network is the machine's.
 */
export function startIn(
  image: Unpacked,
  folder: string,
  line: readonly string[],
  environment: Environment = {},
): Caretaker {
  const [uid = '', gid = uid] = image.user.split(':');
  const own = Object.fromEntries(image.environment.map((text) => text.split(/=(.*)/s).slice(0, 2)));
  const isolated = ['setpriv', '--no-new-privs', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
  return startProgram([...isolated, 'sh', '-c', prepare, 'sh', ...line], {
    ...own,
    ...environment,
    CONTAINER_ROOT: image.root,
    CONTAINER_FOLDER: folder,
    CONTAINER_WD: image.workingDir,
    CONTAINER_UID: uid,
    CONTAINER_GID: gid,
  });
}

/** The process of the machine that is process 1 of a container, once the program has taken its place. */
export async function firstProcess({ process: outer }: Caretaker): Promise<number> {
  let found = 0;
  await until('the program has started', async () => {
    const children = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').catch(() => '');
    found = Number(children.trim().split(' ')[0]);
    return found > 0 && (await readFile(`/proc/${found}/comm`, 'utf8').catch(() => '')).startsWith('node');
  });
  return found;
}

/** A figure of the kernel about a process, in MB. */
export async function megabytes(pid: number, field: 'VmHWM' | 'VmRSS' | 'RssAnon'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
}

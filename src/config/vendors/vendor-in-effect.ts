import { statSync } from 'node:fs';
import type { Problem } from '../settings/problem.ts';
import { readAgain } from '../settings/read-again.ts';
import type { Environment } from '../settings/read-group.ts';
import { type Settings, variableName } from '../settings/setting.ts';
import { isDirect } from './proxy.ts';
import type { FromFiles } from './vendors.ts';

interface Reachable {
  readonly url: URL | undefined;
  readonly proxy: URL | undefined;
}

/** Where the settings of a vendor come from. */
interface Source<Values> {
  /** Reads them again. */
  read(): {
    readonly values: Values;
    readonly secrets: readonly string[];
    readonly problems: readonly Problem[];
  };
  /** The files in which a part of them stands. */
  readonly files: readonly string[];
  /** Where the secrets are added that are read later, to be kept out of every output from then on. */
  readonly secrets: string[];
  readonly noProxy: string | undefined;
}

/** The settings of a vendor as they are in effect, and how they are read again; undefined without an address. */
export function vendorInEffect<Values extends Reachable>(
  values: Values,
  { read, files, secrets, noProxy }: Source<Values>,
) {
  const settings = complete(values, noProxy);
  if (!settings || files.length === 0) return settings;
  const fromFiles: FromFiles<typeof settings> = {
    stamp: () => files.map(stampOf).join(),
    read() {
      const again = readAgain(read, secrets);
      return again && complete(again.values, noProxy);
    },
  };
  return { ...settings, fromFiles };
}

/** The files that the settings of a group name: of secrets, keys and certificates. */
export function filesOf(prefix: string, settings: Settings, environment: Environment): readonly string[] {
  return Object.entries(settings).flatMap(([key, { secret }]) => {
    const variable = variableName(prefix, key);
    const path = environment[secret ? `${variable}_FILE` : key.endsWith('File') ? variable : ''];
    return path ? [path.trim()] : [];
  });
}

function complete<Values extends Reachable>(values: Values, noProxy: string | undefined) {
  const { url, proxy } = values;
  return url && { ...values, url, proxy: isDirect(url, noProxy) ? undefined : proxy };
}

/** Kubernetes changes a mounted secret by another link, and an editor by another file: both are another inode. */
function stampOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino}.${mtimeMs}.${size}`;
  } catch {
    return '';
  }
}

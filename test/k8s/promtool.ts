import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../simulators/redis/find.ts';

/** What to type where promtool is missing. */
export const howToGetPromtool = `The rules are tried out with promtool, which is not here. Install it, or name it in PROMTOOL:
  Debian, Ubuntu:  sudo apt-get install -y --no-install-recommends prometheus
                   (it starts a server, which is not needed: sudo systemctl disable --now prometheus)
  macOS:           brew install prometheus
  elsewhere:       https://prometheus.io/download/
Then: npm run test:alerts`;

/** The promtool of this machine: the one that `PROMTOOL` names, else on `PATH` or where packages put it. */
export function findPromtool(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folders: readonly string[] = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
): string | undefined {
  const { PROMTOOL: named } = environment;
  if (named) return existsSync(named) ? named : undefined;
  return findProgram(['promtool'], environment, folders);
}

/** Runs promtool over files that it is given by their names. */
export function promtool(
  program: string,
  words: readonly string[],
  files: Readonly<Record<string, unknown>>,
): { readonly ok: boolean; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-promtool-'));
  try {
    // JSON is YAML.
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), JSON.stringify(content));
    const { status, stdout, stderr, error } = spawnSync(
      program,
      [...words, ...Object.keys(files).slice(-1)],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    return { ok: status === 0, said: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { spawnSync } from 'node:child_process';
import { findProgram } from '../../simulators/redis/find.ts';
import { installCommands } from '../../simulators/redis/install.ts';
import { noOpenLdap } from './openldap.ts';

/*
 * Runs before the tests. Those of rosters from a directory start an OpenLDAP of their own; where there is none and none
 * can be installed, they are left out, and this says so.
 */

const recipes = {
  'apt-get': [
    ['apt-get', 'update'],
    // RUNLEVEL=1 keeps Debian's scripts from starting a server where the old init runs; ours is started by the tests.
    ['env', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', 'slapd'],
  ],
} as const;

function ensureSlapd(): string | undefined {
  if (!noOpenLdap) return undefined;
  const hasProgram = (name: string) => findProgram([name]) !== undefined;
  const install = installCommands(
    {
      isRoot: process.getuid?.() === 0,
      hasSudo: hasProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0,
      hasProgram,
    },
    recipes,
  );
  if (!install?.mayRun) return noOpenLdap;
  for (const [program, ...args] of install.commands) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) return `${program} failed:\n${stderr ?? ''}`;
  }
  return undefined;
}

const missing = ensureSlapd();
if (missing) process.stderr.write(`The tests of rosters from a directory are left out: ${missing}\n`);

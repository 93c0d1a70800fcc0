import { spawnSync } from 'node:child_process';
import { findProgram, findRedisServer } from './find.ts';
import { installCommands } from './install.ts';

/*
 * Runs before the tests and the demo. Both start a Redis of their own, so both need a server program; a Redis that runs
 * somewhere is of no use to them. Exits 0 when there is a program, else 1 with what to type.
 */

function ensureRedis(): number {
  if (findRedisServer()) return 0;
  const hasProgram = (name: string) => findProgram([name]) !== undefined;
  const install = installCommands({
    isRoot: process.getuid?.() === 0,
    hasSudo: hasProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0,
    hasProgram,
  });
  const wanted =
    'The tests and the demo need the program redis-server or valkey-server. It need not be running.';
  if (!install) return tell(`${wanted} Install one, or set REDIS_SERVER to its path.`);
  const lines = install.commands.map((command) => `  ${command.join(' ')}`).join('\n');
  if (!install.mayRun) return tell(`${wanted} Install it, or set REDIS_SERVER to its path:\n${lines}`);
  tell(`${wanted} Installing it:\n${lines}`);
  for (const [program, ...args] of install.commands) {
    const { status, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0)
      return tell(
        `${program} failed:\n${stderr ?? ''}\nInstall it by hand, or set REDIS_SERVER to its path.`,
      );
  }
  return findRedisServer()
    ? 0
    : tell('The program was installed but not found. Set REDIS_SERVER to its path.');
}

function tell(text: string): 1 {
  process.stderr.write(`${text.trim()}\n`);
  return 1;
}

try {
  process.exitCode = ensureRedis();
} catch (error) {
  process.exitCode = tell(error instanceof Error ? error.message : String(error));
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { findRedisServer } from '../simulators/redis/find.ts';

/** What was measured on, for whoever compares. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
}

const packages = ['bullmq', 'ioredis', 'undici', 'p-limit'];

/** Describes this machine, now. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    versions: {
      'device-caretaker': versionOf(new URL('../package.json', import.meta.url)),
      node: process.version.slice(1),
      redis: redisVersion(),
      ...Object.fromEntries(
        packages.map((name) => [
          name,
          versionOf(new URL(`../node_modules/${name}/package.json`, import.meta.url)),
        ]),
      ),
    },
  };
}

function versionOf(file: URL): string {
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
}

function redisVersion(): string {
  const program = findRedisServer();
  if (!program) return 'none';
  return /v=(\S+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
}

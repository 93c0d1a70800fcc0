import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Account, CommandContext } from '../context.ts';
import { now } from './clock.ts';
import { endProcess } from './end-process.ts';
import { readEnvironment } from './environment.ts';
import { onStopSignal } from './signals.ts';

/** The context of a command in a process of its own. @throws DotenvError when the file .env cannot be used */
export function createProcessContext(): CommandContext {
  return {
    environment: readEnvironment(),
    now,
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    name: `${hostname().replace(/[^\w.-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`,
    account: readAccount(),
    onStopSignal,
    exit: endProcess,
  };
}

/** Who runs this process, and where. `ask` is what the system says of its user. */
export function readAccount(ask: () => { readonly username: string } = userInfo): Account {
  try {
    return { user: ask().username, host: hostname() };
  } catch {
    // In a container the user often has no name.
    const uid = process.getuid?.();
    return { user: uid === undefined ? undefined : `uid ${uid}`, host: hostname() };
  }
}

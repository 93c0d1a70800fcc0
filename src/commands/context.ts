import type { Readable, Writable } from 'node:stream';
import type { DateTime } from 'luxon';

/** Whose command line it is, as far as the operating system says. */
export interface Account {
  /** Undefined where the system has no such user, as in a container that runs under any number. */
  readonly user: string | undefined;
  readonly host: string;
}

/** What the world outside gives to a command. Only the program's entry touches the real things. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => DateTime;
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Results: tables, reports, JSON documents. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Logs, progress and errors. */
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Tells this process from all others, without spaces. */
  readonly name: string;
  readonly account: Account;
  /** Calls back at each SIGTERM or SIGINT; returns how to stop listening. */
  onStopSignal(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

import { hangsForMs } from '../../roster/patience.ts';

/** Why this process should be restarted although it works: one of its few threads waits for a file system that hangs. */
export function rosterTrouble(): string | undefined {
  const ms = hangsForMs();
  if (ms === undefined) return undefined;
  return `The system has not answered a question about the roster for ${Math.round(ms / 1000)} s. Check the mount that the roster is on, and restart this process.`;
}

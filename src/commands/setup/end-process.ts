import { isAnswerAwaited } from '../../roster/patience.ts';
import { writeLogLines } from './log-lines.ts';

/**
 * Ends this process at once. At its end the runtime waits for the threads that read files, and one that waits for a
 * file system that hangs never comes. Only signals that nobody catches end such a process, and the first one of a
 * container not even those; so another program takes its place, which does nothing but end with the code.
 */
export function endProcess(code: number): never {
  if (isAnswerAwaited()) {
    // The event of the exit, which does it else, never comes.
    writeLogLines();
    process.execve?.(process.execPath, [process.execPath, '-e', `process.exit(${code})`], {});
  }
  process.exit(code);
}

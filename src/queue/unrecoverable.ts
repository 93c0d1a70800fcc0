import { UnrecoverableError } from 'bullmq';

/**
 * What makes BullMQ fail a job at once, because to try it again would find the same. It has no stack: BullMQ keeps that in
 * Redis and the log has it too, and the message says all.
 */
export function unrecoverable(error: unknown): UnrecoverableError {
  const made = new UnrecoverableError(error instanceof Error ? error.message : String(error));
  made.stack = `${made.name}: ${made.message}`;
  return made;
}

/** What makes no sense fails at once; to try it again would not help. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unrecoverable(error);
  }
}

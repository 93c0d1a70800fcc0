/** How something fares. `not-checked`: something else has to be put right first, or there is nothing to look at. */
export type Health = 'ok' | 'warn' | 'fail' | 'not-checked';

/** One thing the doctor looked at. */
export interface Line {
  readonly subject: string;
  readonly check: string;
  readonly health: Health;
  /** What was found. */
  readonly found: string;
  /** What to do now. */
  readonly remedy?: string;
}

/** Makes the lines of one subject. */
export function linesOf(subject: string) {
  return {
    ok: (check: string, found: string): Line => ({ subject, check, health: 'ok', found }),
    warn: (check: string, found: string, remedy: string): Line => ({
      subject,
      check,
      health: 'warn',
      found,
      remedy,
    }),
    fail: (check: string, found: string, remedy: string): Line => ({
      subject,
      check,
      health: 'fail',
      found,
      remedy,
    }),
    notChecked: (check: string, why: string): Line => ({ subject, check, health: 'not-checked', found: why }),
  };
}

/** What an error says. */
export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Waits for the lines of a check, so long at most: what takes longer is told as failed.
 *
 * @param late what to do about it
 */
export async function within(
  ms: number,
  subject: string,
  lines: Promise<readonly Line[]>,
  late: string,
): Promise<readonly Line[]> {
  const { fail } = linesOf(subject);
  const { promise, resolve } = Promise.withResolvers<readonly Line[]>();
  const timer = setTimeout(() => resolve([fail('time', `no answer within ${ms / 1000} s`, late)]), ms);
  try {
    return await Promise.race([
      promise,
      lines.catch((error: unknown) => [fail('look', saidBy(error), late)]),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

import { OperatorError } from '../../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import { withDeadline } from '../../domain/with-deadline.ts';

/** The result of a check. `not-checked`: something else has to be corrected first, or there is nothing to check. */
export type Health = 'ok' | 'warn' | 'fail' | 'not-checked';

/** One line of the doctor: one check of one subject. */
export interface Line {
  readonly subject: string;
  readonly check: string;
  readonly health: Health;
  /** What was found. */
  readonly found: string;
  /** What to do now. */
  readonly remedy?: string;
  /** A failure that is only a warning where a pod starts: it may come right while the program runs. */
  readonly startsAnyway?: true;
}

/** Makes the lines of one subject. */
export function linesOf(subject: string) {
  const line = (health: Health, check: string, found: string, remedy?: string): Line => ({
    subject,
    check,
    health,
    found,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return {
    ok: (check: string, found: string) => line('ok', check, found),
    warn: (check: string, found: string, remedy: string) => line('warn', check, found, remedy),
    fail: (check: string, found: string, remedy: string) => line('fail', check, found, remedy),
    /** A check that an error ended. An error for people brings its own advice; `remedy` is for any other. */
    failed: (check: string, error: unknown, remedy: string) =>
      error instanceof OperatorError
        ? line('fail', check, error.problem, error.advice)
        : line('fail', check, errorText(error), remedy),
    notChecked: (check: string, why: string) => line('not-checked', check, why),
  };
}

/** The advice of a configuration problem, which is worded as a clause, as a sentence of its own. */
export function adviceSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** What an error says that was not made for people. */
function errorText(error: unknown): string {
  if (errorCode(error) !== undefined) return systemErrorText(error);
  return error instanceof Error ? error.message : String(error);
}

/**
 * Waits for the lines of one subject, `ms` milliseconds at most: what takes longer has failed.
 *
 * @param remedy what to do when the check takes longer, or ends with an error
 */
export function within(
  ms: number,
  subject: string,
  lines: Promise<readonly Line[]>,
  remedy: string,
): Promise<readonly Line[]> {
  const { fail, failed } = linesOf(subject);
  const found = lines.catch((error: unknown) => [failed('look', error, remedy)]);
  return withDeadline(found, ms, [fail('time', `no result within ${ms / 1000} s`, remedy)]);
}

/** The line of a subject that is not looked at, because its variables cannot be used. */
export function skipped(subject: string): Line {
  return linesOf(subject).notChecked('all', 'its variables come first');
}

import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../domain/system-error.ts';

interface RosterErrorOptions {
  readonly cause?: unknown;
  readonly isAway?: boolean;
}

/** A roster that cannot be read at all. */
export class RosterError extends OperatorError {
  override readonly name = 'RosterError';
  /** What holds it is another machine, which is down or unreachable: that may come right by itself. */
  readonly isAway: boolean;

  /**
   * @param problem what is wrong, and with which roster: whole sentences
   * @param advice what to do now: whole sentences
   */
  constructor(problem: string, advice: string, { isAway = false, ...options }: RosterErrorOptions = {}) {
    super({ problem, advice, exitCode: exitCodes.usage, ...options });
    this.isAway = isAway;
  }
}

/** The wait for a roster was ended by whoever waited. */
export class RosterInterrupted extends OperatorError {
  override readonly name = 'RosterInterrupted';

  constructor(name: string) {
    super({ problem: `Reading the roster ${name} was interrupted.`, advice: 'Start again.' });
  }
}

/** The roster is another than when the run began; to go on would miss users or take some twice. */
export class RosterChanged extends OperatorError {
  override readonly name = 'RosterChanged';

  /** @param when it changed, as the end of a sentence */
  constructor(when: string) {
    super({ problem: `The roster changed ${when}.`, advice: 'Start the run again.' });
  }
}

/** The error of a roster that gives neither users nor an error. */
export function silentRoster(name: string, timeoutMs: number): RosterError {
  return new RosterError(
    `The roster ${name} gave nothing for ${timeoutMs / 1000} s.`,
    'Check the mount that it is on, or the program that writes it. If that may take longer, raise CARETAKER_ROSTER_TIMEOUT.',
  );
}

/** The error of a roster that hung before, and still does. */
export function hangingRoster(name: string): RosterError {
  return new RosterError(
    `The roster ${name} still hangs: the system has not answered since it was last read.`,
    'Check the mount that it is on.',
  );
}

/** The error of a roster that the system does not let us read. */
export function unreadable(name: string, cause: unknown): RosterError {
  return new RosterError(
    `The roster ${name} cannot be read: ${systemErrorText(cause)}.`,
    advices[errorCode(cause) ?? ''] ?? 'Check the file and its disk.',
    { cause },
  );
}

const advices: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  ENOTDIR: 'Check the path.',
  EACCES: 'Check its permissions.',
  EPERM: 'Check its permissions.',
  EISDIR: 'Name a CSV or NDJSON file in it.',
};

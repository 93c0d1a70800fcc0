import { withDeadline } from '../domain/with-deadline.ts';
import { hangingRoster, RosterInterrupted, silentRoster } from './errors.ts';

/*
 * A file system that hangs gives no error: whoever asks it waits for ever, and with him one of the four threads that
 * this runtime has for files and DNS. So nobody waits longer than he said, and each roster has one thread at most: of the
 * others the process lives on.
 */

/** How long somebody waits for a roster. */
export interface Patience {
  /** For its opening, and each time for more of it, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined;
  /** After so long no further page of a directory or of SuperOffice is fetched, in milliseconds: for who only looks. Left out: all are. */
  readonly enoughMs?: number;
}

/** What the system was asked about a roster and has not answered yet. */
interface Question {
  readonly sinceMs: number;
  readonly answered: Promise<void>;
  isGivenUp: boolean;
}

/** By the name of the roster. The threads belong to the whole process, too. */
const questions = new Map<string, Question>();

/**
 * Waits for something of a roster that takes no thread.
 *
 * @throws RosterError when it takes too long, RosterInterrupted when the signal comes first
 */
export async function waitFor<T>(
  name: string,
  work: Promise<T>,
  { timeoutMs, signal }: Patience,
): Promise<T> {
  work.catch(() => {});
  if (signal?.aborted) throw new RosterInterrupted(name);
  const aborted = Promise.withResolvers<'interrupted'>();
  const abort = () => aborted.resolve('interrupted');
  signal?.addEventListener('abort', abort);
  try {
    const value = work.then((found) => ({ found }));
    const end = await withDeadline(Promise.race([value, aborted.promise]), timeoutMs, 'silent' as const);
    if (end === 'interrupted') throw new RosterInterrupted(name);
    if (end === 'silent') throw silentRoster(name, timeoutMs);
    return end.found;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Asks the system about a roster: one question at a time, and none while an earlier one hangs.
 *
 * @param late is given an answer that nobody waits for any more
 * @throws RosterError when it does not answer in time, RosterInterrupted when the signal comes first; else what the system says
 */
export async function ask<T>(
  name: string,
  question: () => Promise<T>,
  patience: Patience,
  late: (answer: T) => unknown = () => {},
): Promise<T> {
  for (let other = questions.get(name); other; other = questions.get(name)) {
    if (other.isGivenUp) throw hangingRoster(name);
    await waitFor(name, other.answered, patience);
  }
  if (patience.signal?.aborted) throw new RosterInterrupted(name);
  const answer = question();
  const end = () => {
    questions.delete(name);
  };
  const mine = { sinceMs: performance.now(), answered: answer.then(end, end), isGivenUp: false };
  questions.set(name, mine);
  try {
    return await waitFor(name, answer, patience);
  } catch (error) {
    if (questions.get(name) !== mine) throw error;
    mine.isGivenUp = !(error instanceof RosterInterrupted);
    answer.then(late, () => {});
    throw error;
  }
}

/** For how many milliseconds the system has not answered a question that was given up; undefined where none hangs. */
export function hangsForMs(): number | undefined {
  const hanging = [...questions.values()].filter(({ isGivenUp }) => isGivenUp);
  if (hanging.length === 0) return undefined;
  return performance.now() - Math.min(...hanging.map(({ sinceMs }) => sinceMs));
}

/** Whether a thread of this process still waits for an answer: the runtime would wait for it at its end. */
export function isAnswerAwaited(): boolean {
  return questions.size > 0;
}

import type { DateTime } from 'luxon';
import type { Logger } from 'pino';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import { redactor } from '../../security/redact.ts';
import type { Queues } from '../queues.ts';
import { appendHistory, begun, type HistoryEntry, type Operation } from './history.ts';

/** What somebody does. */
export interface Act {
  readonly what: Operation;
  readonly on: HistoryEntry['on'];
  /** What exactly. */
  readonly detail?: string;
  /** Note or reason. */
  readonly why?: string | undefined;
}

/** How it ended. */
interface Ending extends Pick<HistoryEntry, 'outcome'> {
  /** What is known only afterwards, such as the id of a run. */
  readonly on?: HistoryEntry['on'];
}

/** Writes down what one person does: a line of the history, and the same as a line of the log. */
export interface Recorder {
  /** Writes down what is over. A history that cannot be written is a warning: it is too late to refuse. */
  note(act: Act, ending: Ending): Promise<void>;
  /**
   * Does something, and writes down before it that it is begun and after it how it ended.
   *
   * @param endingOf left out: what does not fail is done
   * @throws HistoryUnavailable before anything is done, when the intent cannot be written down
   */
  record<T>(act: Act, work: () => Promise<T>, endingOf?: (result: T) => Ending): Promise<T>;
}

/** Who does something, and where. */
export type Person = Pick<HistoryEntry, 'by' | 'from'>;

/** What a recorder writes with. */
export interface RecorderParts {
  /** Undefined: only the log is written. */
  readonly queues: Pick<Queues, 'redis' | 'prefix'> | undefined;
  readonly config: Pick<Config, 'keepHistory' | 'keepHistoryFor' | 'secrets'>;
  readonly log: Logger;
  readonly now: () => DateTime;
}

/** Redis does not take a line of the history. */
export class HistoryUnavailable extends OperatorError {
  override readonly name = 'HistoryUnavailable';

  constructor(cause?: unknown) {
    super({
      problem: 'Redis does not take a line of the history.',
      advice: 'Check Redis: caretaker doctor.',
      cause,
    });
  }
}

/** How long a line may take, in milliseconds. */
const deadlineMs = 3_000;
/** The most that a line keeps of a text, in characters: names, notes and reasons of queue messages are no longer. */
const longest = 500;

const late = Symbol('late');

/** Creates a recorder of what this person does. */
export function createRecorder(parts: RecorderParts, person: Person): Recorder {
  const { queues, config, log, now } = parts;
  const redact = redactor(config.secrets);
  const kept = { count: config.keepHistory, forMs: config.keepHistoryFor.toMillis() };
  const clean = (text: string | null | undefined) =>
    text === null || text === undefined ? null : redact(text).slice(0, longest).toWellFormed();

  function entryOf({ what, on, detail, why }: Act, outcome: string, problem?: string): HistoryEntry {
    const names = Object.entries(on).map(([kind, name]) => [kind, clean(name) ?? '']);
    return {
      at: now().toUTC().toISO() ?? '',
      by: clean(person.by),
      what,
      on: Object.fromEntries(names),
      detail: clean(detail),
      outcome,
      problem: clean(problem),
      why: clean(why),
      from: person.from,
    };
  }

  /** @throws HistoryUnavailable */
  async function write(entry: HistoryEntry): Promise<string | undefined> {
    if (!queues) return undefined;
    const id = await withDeadline(appendHistory(queues, kept, entry), deadlineMs, late).catch(
      (error: unknown) => {
        throw new HistoryUnavailable(error);
      },
    );
    if (id === late) throw new HistoryUnavailable();
    return id;
  }

  function tell(entry: HistoryEntry): void {
    // Where the log is all there is, it has to be seen on a terminal too.
    log[queues ? 'info' : 'warn']({ entry }, 'history');
  }

  async function end(entry: HistoryEntry): Promise<void> {
    await write(entry).catch((err: unknown) => log.warn({ err }, 'history not written'));
    tell(entry);
  }

  return {
    note: (act, { outcome, on }) => end(entryOf({ ...act, on: on ?? act.on }, outcome)),
    async record(act, work, endingOf = () => ({ outcome: 'done' })) {
      const intent = entryOf(act, begun);
      const id = await write(intent);
      tell(intent);
      const link = id === undefined ? {} : { begun: id };
      try {
        const result = await work();
        const { outcome, on = act.on } = endingOf(result);
        await end({ ...entryOf({ ...act, on }, outcome), ...link });
        return result;
      } catch (error) {
        await end({ ...entryOf(act, outcomeOf(error), problemOf(error)), ...link });
        throw error;
      }
    },
  };
}

/** A vendor that failed after it was asked may have done it all the same. */
function outcomeOf(error: unknown): string {
  return error instanceof VendorError && error.mayHaveGoneThrough ? 'in-doubt' : 'failed';
}

function problemOf(error: unknown): string {
  if (error instanceof OperatorError) return error.problem;
  return error instanceof Error ? error.message : String(error);
}

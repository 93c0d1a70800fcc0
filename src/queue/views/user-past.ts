import type { User } from '../../domain/user.ts';
import type { Report } from '../../runs/report.ts';
import type { Queues } from '../queues.ts';
import { describeAct, describeOutcome } from '../records/describe-history.ts';
import { type HistoryLine, readHistory } from '../records/history.ts';
import { recentRuns } from '../run-worker/reports/find-report.ts';
import { findRunPlan } from './run-plan.ts';

/** Something that happened to a user, as far as it is kept. */
export interface PastEvent {
  /** When, ISO 8601. */
  readonly at: string;
  /** What, in words. */
  readonly what: string;
  /** The run that it is of. */
  readonly run?: string;
}

/** What no event tells, for people: Redis keeps nobody's name for what went well. */
export const notKept = 'What runs wrote in time is only in the log (action applied).';

/** How many lines of the history, runs, and plans of runs with late users are looked through, the newest first. */
const looked = { lines: 2_000, runs: 100, plans: 10 };
/** How many events are told. */
const mostEvents = 20;

/**
 * What was done to a user, and when, of all that is kept anyway, the newest first: what people did by hand, the first failures
 * of each run, and for whom a run came after the vendor's warning.
 *
 * @param oldestMs lines of the history before that are left out, epoch milliseconds
 */
export async function pastOf(queues: Queues, user: User, oldestMs: number): Promise<readonly PastEvent[]> {
  const lines = await readHistory(queues, looked.lines, oldestMs);
  const reports = await recentRuns(queues.runs, looked.runs);
  const events = [
    ...lines.flatMap((line) => actsOn(line, user)),
    ...reports.flatMap((report) => failuresOf(report, user)),
  ];
  const withLate = reports.filter(
    ({ run, late }) => run.mode === 'enforce' && run.finishedAt !== null && late > 0,
  );
  for (const report of withLate.slice(0, looked.plans)) events.push(...(await latesOf(queues, report, user)));
  return events.sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, mostEvents);
}

function actsOn(line: HistoryLine, user: User): PastEvent[] {
  if ('unreadable' in line) return [];
  const { at, on, by, why } = line;
  // A run names all its users.
  const names = on.run === undefined ? [on.user] : on.user?.split(', ');
  if (!names?.some((name) => name !== undefined && isSame(user, name, on.storage))) return [];
  const device = on.device === undefined ? '' : ` on device ${on.device}`;
  const job = on.job === undefined ? '' : ` ${on.job}`;
  const what = `${describeAct(line)}${job}${device}${by ? ` by ${by}` : ''}: ${describeOutcome(line)}${why ? ` (${why})` : ''}`;
  return [{ at, what, ...(on.run === undefined ? {} : { run: on.run }) }];
}

function failuresOf({ run, failures }: Report, user: User): PastEvent[] {
  const at = run.finishedAt ?? run.startedAt;
  if (at === null) return [];
  return failures
    .filter((failure) => failure.user === user.username)
    .map(({ subject, reason }) => ({
      at,
      what: `${run.job} failed${subject ? ` on ${subject}` : ''}: ${reason}`,
      run: run.id,
    }));
}

async function latesOf({ runs }: Queues, { run }: Report, user: User): Promise<PastEvent[]> {
  const plan = await findRunPlan(runs, run.id);
  const events: PastEvent[] = [];
  for await (const actions of plan?.actions() ?? []) {
    for (const { user: whose, subject, late } of actions) {
      if (!late || !isSame(user, whose.username, whose.userStorageName)) continue;
      const what = `${run.job} came to device ${subject} after the warning of the vendor`;
      events.push({ at: run.finishedAt ?? '', what, run: run.id });
    }
  }
  return events;
}

/** Where one of the two has no storage, the name says it. */
function isSame({ username, userStorageName }: User, name: string, storage: string | undefined): boolean {
  if (username !== name) return false;
  return userStorageName === undefined || storage === undefined || userStorageName === storage;
}

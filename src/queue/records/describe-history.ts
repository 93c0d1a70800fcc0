import type { HistoryEntry } from './history.ts';

/** On whom something was done, for people: `device 7 of kari in AD`. */
export function describeOn({ user, storage, device, run, job, vendor, queue }: HistoryEntry['on']): string {
  const place = storage === undefined ? '' : ` in ${storage}`;
  if (run !== undefined || job !== undefined) {
    return `${run ?? job}${user === undefined ? '' : ` for ${user}`}`;
  }
  if (user !== undefined) return `${device === undefined ? '' : `device ${device} of `}${user}${place}`;
  return vendor ?? queue ?? '';
}

/** Where somebody did something, for people. */
export function describeFrom(from: HistoryEntry['from']): string {
  if (from.kind === 'command') return `command on ${from.host}`;
  return from.kind === 'console' ? `console from ${from.address}` : 'queue';
}

/** What was done, for people: the operation and its details. */
export function describeAct({ what, detail }: Pick<HistoryEntry, 'what' | 'detail'>): string {
  return detail === null ? what : `${what} (${detail})`;
}

/** How it ended, for people. */
export function describeOutcome({ outcome, problem }: Pick<HistoryEntry, 'outcome' | 'problem'>): string {
  return problem === null ? outcome : `${outcome}: ${problem}`;
}

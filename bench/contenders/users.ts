import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { parse } from 'csv-parse/sync';

/*
 * What every contender of the comparison gets: the roster in BENCH_ROSTER, the vendor at BENCH_URL, and how many requests may
 * be in flight in BENCH_IN_FLIGHT. A contender makes the same calls as the job, and nothing else that the job does.
 */

export const vendorUrl = env.BENCH_URL ?? '';
export const inFlight = Number(env.BENCH_IN_FLIGHT);

function rows(): Record<string, string>[] {
  return parse(readFileSync(env.BENCH_ROSTER ?? '', 'utf8'), { columns: true });
}

/** The number of each associate. */
export function associates(): number[] {
  return rows().map(({ associateId }) => Number(associateId));
}

/** The query of each user, as every call of the Device service wants it. */
export function readQueries(): string[] {
  return rows().map(
    ({ username = '', userStorageName = '' }) =>
      `Username=${encodeURIComponent(username)}&UserStorageName=${encodeURIComponent(userStorageName)}`,
  );
}

export const purges = ['Device/Windows/Expired', 'Device/Windows/Waiting'];

/**
 * A purge as people write it: whether the vendor said yes is looked at, and the answer read, as undici asks for: a body
 * that nobody reads keeps its connection.
 */
export async function fetchPurge(purge: string, query: string): Promise<void> {
  const answer = await fetch(`${vendorUrl}${purge}?${query}`, { method: 'DELETE' });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${purge} ${query}: ${answer.status} ${text}`);
}

/** So many loops at once over one list. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  async function workOn(): Promise<void> {
    for (const item of rest) await work(item);
  }
  await Promise.all(Array.from({ length: inFlight }, workOn));
}

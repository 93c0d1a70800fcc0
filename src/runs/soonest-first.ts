import type { Action } from '../jobs/job.ts';

/** The order in which actions are applied and shown: the soonest deadline first, and always the same. */
export function compareActions(one: Action, other: Action): number {
  const latest = Number.POSITIVE_INFINITY;
  const [first, second] = [one.deadline ?? latest, other.deadline ?? latest];
  if (first !== second) return first - second;
  const [key, otherKey] = [keyOf(one), keyOf(other)];
  return key === otherKey ? 0 : key < otherKey ? -1 : 1;
}

function keyOf({ user, subject }: Action): string {
  return `${user.userStorageName}\n${user.username}\n${subject}`;
}

/** So many actions take some 30 MB; the plan of an ordinary run is read once. */
const heldAtOnce = 50_000;

/**
 * The actions of a plan in their order, some at a time, though the plan may be larger than the memory: it is read again
 * for each part.
 *
 * @param read reads the whole plan, in any order
 * @param most how many actions a part has, and half of how many are held at once
 */
export async function* soonestFirst(
  read: () => AsyncIterable<readonly Action[]>,
  most = heldAtOnce,
): AsyncGenerator<readonly Action[]> {
  let after: Action | undefined;
  do {
    const part = await firstAfter(read(), after, most);
    yield part;
    after = part.length < most ? undefined : part.at(-1);
  } while (after);
}

async function firstAfter(
  plan: AsyncIterable<readonly Action[]>,
  after: Action | undefined,
  most: number,
): Promise<readonly Action[]> {
  let found: Action[] = [];
  let last: Action | undefined;
  for await (const actions of plan) {
    for (const action of actions) {
      if (after && compareActions(action, after) <= 0) continue;
      if (last && compareActions(action, last) >= 0) continue;
      found.push(action);
      if (found.length < 2 * most) continue;
      found = found.sort(compareActions).slice(0, most);
      last = found.at(-1);
    }
  }
  return found.sort(compareActions).slice(0, most);
}

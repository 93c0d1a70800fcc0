/*
 * A way to Redis takes as long as it takes: who asks for one turn at a time has no more turns than trips. Turns are therefore
 * taken ahead, as many as are used while one asks, and each is a moment of its own: however many come at once, and however
 * many processes take them, they stay as far apart as the rate has them.
 */

/** By the clock of who gives turns, in milliseconds: when they were given, and when the first begins. */
interface Given {
  readonly at: number;
  readonly first: number;
}

/** Takes so many turns. The others follow the first at the interval. */
export type TakeTurns = (count: number) => Promise<Given>;

/** Whoever waits for a turn. */
interface Waiting {
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

/** An unused turn may be used so long after its moment: together they are no burst. */
const usableMs = 25;
/** So far ahead, beyond the trip, one process takes at most: the others want turns as well. */
const aheadMs = 100;
/** What a trip is taken for at most: after a hiccup it is as short again. */
const longestTripMs = 2_000;

/** Of so many answers the quickest tells the time of who gives turns. */
const answersKept = 8;

/** Hands out turns in the order in which they were asked for; each call resolves when its turn has come. */
export function createTurns(take: TakeTurns, intervalMs: number): () => Promise<void> {
  const line: Waiting[] = [];
  /** When turns begin that nobody has used, by `performance.now()`, the soonest first. */
  const turns: number[] = [];
  let isAsking = false;
  let timer: NodeJS.Timeout | undefined;
  let tripMs = 0;
  /** How far our time is ahead of that of who gives turns, by the last answers; each is late by its way. */
  const ahead: number[] = [];
  /** Used since it was asked for turns, and before that; and how many went by unused. */
  let used = 0;
  let usedBefore = 0;
  let unused = 0;

  function dropOld(): void {
    const oldest = performance.now() - usableMs;
    while (turns[0] !== undefined && turns[0] < oldest) {
      turns.shift();
      unused += 1;
    }
  }

  function handOut(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = performance.now();
    while (line.length > 0 && turns[0] !== undefined && turns[0] <= now) {
      turns.shift();
      used += 1;
      line.shift()?.go();
    }
    const [next] = turns;
    if (line.length > 0 && next !== undefined) timer = setTimeout(handOut, Math.max(1, next - now));
    if (line.length > 0) void ask();
  }

  /** How many turns to have: for those who wait, and for who will come while one asks. */
  function wanted(): number {
    const coming = Math.max(used, usedBefore) * (unused > 0 ? 1 : 2);
    return Math.min(line.length + coming, Math.ceil((2 * tripMs + aheadMs) / intervalMs));
  }

  async function ask(): Promise<void> {
    if (isAsking || turns.length * intervalMs > 1.2 * tripMs + intervalMs) return;
    const count = Math.max(turns.length === 0 ? 1 : 0, wanted() - turns.length);
    if (count === 0) return;
    isAsking = true;
    [used, usedBefore, unused] = [0, used, 0];
    const askedAt = performance.now();
    try {
      const given = await take(count);
      const now = performance.now();
      const took = Math.min(now - askedAt, longestTripMs);
      tripMs = Math.max(took, 0.7 * tripMs + 0.3 * took);
      ahead.push(now - given.at);
      if (ahead.length > answersKept) ahead.shift();
      const first = given.first + Math.min(...ahead);
      for (let index = 0; index < count; index += 1) {
        const last = turns.at(-1);
        const at = first + index * intervalMs;
        // A better idea of the time must not bring two turns together.
        turns.push(last === undefined ? at : Math.max(at, last + intervalMs));
      }
    } catch (error) {
      for (const { fail } of line.splice(0)) fail(error);
    }
    isAsking = false;
    handOut();
  }

  return () =>
    new Promise((go, fail) => {
      if (line.length === 0) dropOld();
      line.push({ go, fail });
      if (line.length === 1) handOut();
      else void ask();
    });
}

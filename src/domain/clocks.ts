/**
 * From how far apart two clocks decide wrongly about people, in milliseconds: runs stop, the doctor fails, no tick is set.
 * NTP keeps clocks within a second, and no policy counts in minutes.
 */
export const mostApartMs = 5 * 60_000;

/** How far the clock of somebody else is ahead of ours, in milliseconds. */
export interface ClockReading {
  /** Whose clock it is, as people call it. */
  readonly name: string;
  readonly aheadMs: number;
}

/** Clocks that differ too much: whole sentences. */
export interface ClockTrouble {
  readonly problem: string;
  readonly advice: string;
}

/** Whether two clocks with this difference are too far apart, in milliseconds. */
export function isApart(differenceMs: number): boolean {
  return Math.abs(differenceMs) > mostApartMs;
}

/**
 * What is wrong when our clock is compared with others; undefined when it is near all of them. One that is alone is named
 * as the wrong one; which of two is wrong, nobody can know.
 */
export function clockTrouble(oursMs: number, others: readonly ClockReading[]): ClockTrouble | undefined {
  const away = others.filter(({ aheadMs }) => isApart(aheadMs));
  if (away.length === 0) return undefined;
  const said = others.map(({ name, aheadMs }) => `that of ${name} says ${isoOf(oursMs + aheadMs)}`);
  return {
    problem: `The clocks differ by more than ${mostApartMs / 60_000} minutes: the clock of this host says ${isoOf(oursMs)}, ${said.join(', ')}.`,
    advice: adviceFor(away, others),
  };
}

function adviceFor(away: readonly ClockReading[], others: readonly ClockReading[]): string {
  const names = away.map(({ name }) => name).join(' and ');
  if (away.length < others.length) return `Set the clock of ${names} by NTP: the others agree.`;
  const [first, ...rest] = away;
  if (rest.length === 0) return `Set the clocks of this host and of ${names} by the same NTP server.`;
  const agree = rest.every(({ aheadMs }) => !isApart(aheadMs - (first?.aheadMs ?? 0)));
  return agree
    ? 'Set the clock of this host by NTP: the others agree.'
    : `Set the clocks of this host, ${names} by the same NTP server: no two of them agree.`;
}

function isoOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

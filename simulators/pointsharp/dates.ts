import type { Formats } from '../http/formats.ts';

/** A date of the vendor: a moment in epoch milliseconds, or one of the ways in which .NET says that there is none. */
export type Stamp = number | 'null' | 'missing' | 'min-value';

const writers: Readonly<Record<Formats['dates'], (epochMs: number) => string | number>> = {
  iso: formatMoment,
  'dotnet-json': (epochMs) => `/Date(${epochMs})/`,
  bare: (epochMs) => formatMoment(epochMs).slice(0, 10),
  epoch: (epochMs) => Math.floor(epochMs / 1000),
};

const minValue = '0001-01-01T00:00:00';

/** A stamp as the value of a JSON key: `undefined` leaves the key out. */
export function stampToJson(
  stamp: Stamp,
  dates: Formats['dates'] = 'iso',
): string | number | null | undefined {
  if (typeof stamp === 'number') return writers[dates](stamp);
  if (stamp === 'null') return null;
  return stamp === 'missing' ? undefined : minValue;
}

/** A moment as .NET writes it: 7 fractional digits and the offset of Stockholm, `2025-09-10T12:24:21.0062894+02:00`. */
function formatMoment(epochMs: number): string {
  const offsetHours = isSummerTime(epochMs) ? 2 : 1;
  const local = new Date(epochMs + offsetHours * 3_600_000).toISOString();
  // Finer than a millisecond: always the same for the same moment, so that it reads the same every time.
  const ticks = String(Math.abs(epochMs * 7919) % 10_000).padStart(4, '0');
  return `${local.slice(0, -1)}${ticks}+0${offsetHours}:00`;
}

let cachedYear = 0;
let summerStartsMs = 0;
let summerEndsMs = 0;

/** Summer time in the European Union: from the last Sunday of March to the last of October, 01:00 UTC. */
function isSummerTime(epochMs: number): boolean {
  const year = new Date(epochMs).getUTCFullYear();
  if (year !== cachedYear) {
    cachedYear = year;
    summerStartsMs = lastSundayMs(year, 2);
    summerEndsMs = lastSundayMs(year, 9);
  }
  return epochMs >= summerStartsMs && epochMs < summerEndsMs;
}

function lastSundayMs(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0, 1));
  return lastDay.getTime() - lastDay.getUTCDay() * 86_400_000;
}

import { IANAZone } from 'luxon';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

/** The days (midnight UTC, epoch milliseconds) within which the clock of a zone is changed. */
export function changesOf(zone: string, fromMs: number, toMs: number): number[] {
  const { offset } = zoneOf(zone);
  // No summer, and no Ramadan, is shorter than two weeks: only weeks that end otherwise than they began are looked into.
  const weeks = Array.from(
    { length: Math.ceil((toMs - fromMs) / weekMs) },
    (_, index) => fromMs + index * weekMs,
  );
  return weeks.flatMap((week) => {
    const end = Math.min(week + weekMs, toMs);
    if (offset(week) === offset(end)) return [];
    const days = Array.from({ length: (end - week) / dayMs }, (_, index) => week + index * dayMs);
    return days.filter((day) => offset(day) !== offset(day + dayMs));
  });
}

/** One zone for each way in which clocks are changed in a time: many zones change alike. */
export function zonesThatChange(fromMs: number, toMs: number) {
  const found = new Map<string, { readonly zone: string; readonly changes: readonly number[] }>();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const changes = changesOf(zone, fromMs, toMs);
    if (changes.length === 0) continue;
    const { offset } = zoneOf(zone);
    const key = changes.map((day) => `${day} ${offset(day)} ${offset(day + dayMs)}`).join();
    if (!found.has(key)) found.set(key, { zone, changes });
  }
  return [...found.values()];
}

function zoneOf(name: string) {
  const zone = IANAZone.create(name);
  return { offset: (moment: number) => zone.offset(moment) };
}

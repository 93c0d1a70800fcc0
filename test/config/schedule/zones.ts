import { IANAZone } from 'luxon';

const dayMs = 86_400_000;

/** The days (midnight UTC, epoch milliseconds) within which the clock of a zone is changed. */
export function changesOf(zone: string, fromMs: number, toMs: number): number[] {
  const { offset } = zoneOf(zone);
  const days = Array.from({ length: (toMs - fromMs) / dayMs }, (_, index) => fromMs + index * dayMs);
  const offsets = [...days, toMs].map(offset);
  return days.filter((_, index) => offsets[index] !== offsets[index + 1]);
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

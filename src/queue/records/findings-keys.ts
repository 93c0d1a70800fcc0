import type { Finding, Severity } from '../../policies/finding.ts';

/*
 * Of each severity there is a hash of the findings by fingerprint, and a sorted set that has them in order: by rule, then by
 * associate. Sorted sets whose scores are all the same are ordered by their members, byte by byte.
 */

const separator = '\0';
/** Associates are 32-bit numbers. */
const digits = 10;

/** Where the findings of a run lie; `last` in the place of its id for those of the last run that ended. */
export function findingsKeys(prefix: string, job: string, run: string, severity: Severity) {
  const found = `${prefix}:findings:${job}:${run}:${severity}`;
  return { found, order: `${found}:order` };
}

/** Where it stands which run was the last, and what it came to. */
export function lastRunKey(prefix: string, job: string): string {
  return `${prefix}:findings:${job}:run`;
}

/** The place of a finding among those of its severity. */
export function orderOf({ rule, associates: [first = 0], fingerprint }: Finding): string {
  return [rule, String(first).padStart(digits, '0'), fingerprint].join(separator);
}

/** Everything that has a place among the findings of a rule, as bounds for `ZRANGE … BYLEX`. */
export function placesOf(rule: string): readonly [from: string, to: string] {
  return [`[${rule}${separator}`, `(${rule}\u0001`];
}

export function ruleIn(place: string): string {
  return place.split(separator)[0] ?? '';
}

export function fingerprintIn(place: string): string {
  return place.split(separator)[2] ?? '';
}

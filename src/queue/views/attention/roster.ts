import type { JobConfig } from '../../../config/config.ts';
import { counted, length, number } from '../../../domain/quantities.ts';
import type { Overview } from '../overview.ts';
import { type Attention, now } from './attention.ts';

/** What is configured of how much a roster may shrink. */
export interface RosterLimits {
  readonly jobs: Readonly<Record<string, Pick<JobConfig, 'shrinkFactor'>>>;
}

/** A roster that is old, or has shrunk. */
export function roster(
  { roster: { ageMs, mostAgeMs, lastRead } }: Overview,
  { jobs }: RosterLimits,
): Attention[] {
  const old =
    ageMs !== undefined && mostAgeMs !== undefined && ageMs > mostAgeMs
      ? [
          now(
            'old roster',
            `The roster was written ${length(ageMs)} ago, longer than CARETAKER_ROSTER_MAX_AGE allows. Look at what writes it.`,
          ),
        ]
      : [];
  if (lastRead?.before === undefined) return old;
  const { users, before, job, run } = lastRead;
  if (users >= before * (jobs[job]?.shrinkFactor ?? 0)) return old;
  const text = `The roster shrank from ${number(before)} to ${counted(users, 'user')}. Look at what writes it.`;
  return [...old, { ...now('shrunk roster', text), run }];
}

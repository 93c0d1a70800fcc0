import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { plural } from '../../domain/quantities.ts';
import { timeIn } from '../../domain/shown-time.ts';
import { type KeptMeasure, readSourceMeasures } from '../../queue/records/source-measures.ts';
import type { Roster } from '../../roster/roster.ts';
import type { CommandContext } from '../context.ts';
import { withQueues } from '../setup/queues.ts';

/** A source beside what it gave to the last completed run. */
export interface Compared {
  readonly name: string;
  readonly now: number;
  /** Null before the first such run. */
  readonly before: number | null;
  readonly difference: number | null;
  /** Of what there was before. */
  readonly share: number | null;
  readonly at: string | null;
  /** Whether all of it is the same, in the same order; null where nobody can say. */
  readonly isSame: boolean | null;
  /** What is counted: users of a directory, rows of a file. */
  readonly unit: 'user' | 'row';
}

/** All sources beside what they gave last time, or why that is not known. */
export type LastTime = { readonly sources: readonly Compared[] } | { readonly unknown: string };

/** Compares a roster with what the last completed run found. That Redis does not answer is told, and no error. */
export async function compareWithLastTime(
  context: CommandContext,
  config: Config,
  roster: Pick<Roster, 'sources'>,
  rows: number,
): Promise<LastTime> {
  try {
    const kept = await withQueues(context, readSourceMeasures, config);
    if (roster.sources)
      return {
        sources: roster.sources.map(({ name, users, fingerprint }) => ({
          ...compared(name, users, kept.get(name)),
          isSame: kept.has(name) ? kept.get(name)?.fingerprint === fingerprint : null,
          unit: 'user',
        })),
      };
    const name = config.roster ?? '';
    const before = kept.get(name);
    const known = before && { ...before, users: before.rows ?? before.users };
    return { sources: [{ ...compared(name, rows, known), isSame: null, unit: 'row' }] };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { unknown: error.problem };
  }
}

function compared(name: string, now: number, before: KeptMeasure | undefined) {
  if (!before) return { name, now, before: null, difference: null, share: null, at: null };
  const difference = now - before.users;
  return {
    name,
    now,
    before: before.users,
    difference,
    share: before.users === 0 ? null : difference / before.users,
    at: before.at ?? null,
  };
}

/** What has changed since last time, as a sentence with its times in a zone. */
export function comparedText(
  { now, before, difference, share, at, isSame, unit }: Compared,
  timeZone: string,
): string {
  if (before === null || difference === null) return 'no completed run has read it yet';
  const when = at === null ? 'the last run' : `the run of ${timeIn(timeZone, at)}`;
  if (difference === 0) {
    const same = isSame === null ? '' : isSame ? ', the same ones' : ', not all of them the same';
    return `as many ${unit}s as at ${when} (${now})${same}`;
  }
  const sign = difference > 0 ? '+' : '−';
  const part = share === null ? '' : `, ${sign}${percent(Math.abs(share))}`;
  return `${sign}${plural(Math.abs(difference), unit)} since ${when} (${before} → ${now}${part})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

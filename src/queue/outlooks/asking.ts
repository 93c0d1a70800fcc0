import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { toIso } from '../../domain/moment.ts';
import type { Explanation } from '../../jobs/explain-user.ts';
import { findJob } from '../../jobs/index.ts';
import { wholeUser } from '../../jobs/job.ts';
import { type OutlookParts, outlooksOf } from './outlooks.ts';

/** Whether the next runs ask the vendor about a user. */
export interface Asking {
  /** Until when they do not, ISO 8601; null: they do. Left out where all runs ask everybody, or nobody about this user. */
  readonly notAskedUntil?: string | null;
  /** Why that is not known. */
  readonly notAskedUnknown?: string;
}

/** Whether the runs of this job leave somebody out, and do not leave out this user for good. */
export function asksLess({ job: name, reasoning }: Explanation, { jobs }: Pick<Config, 'jobs'>): boolean {
  const [job, settings] = [findJob(name), jobs[name]];
  if (!job || !settings || job.longestWait?.(settings.policy) === undefined) return false;
  return !reasoning?.some(({ subject }) => subject === wholeUser);
}

/** What Redis knows of whether the next run asks about the user of this explanation. */
export async function askingAbout(
  parts: OutlookParts & { readonly config: Pick<Config, 'jobs'> },
  explanation: Explanation,
  now: DateTime,
): Promise<Asking> {
  const { user, job: name } = explanation;
  const [job, settings] = [findJob(name), parts.config.jobs[name]];
  if (!job || !settings || !asksLess(explanation, parts.config)) return {};
  const untilMs = (await outlooksOf(parts, job, settings.policyTexts)?.known([user], now))?.get(0);
  return { notAskedUntil: untilMs === undefined ? null : (toIso(untilMs) ?? null) };
}

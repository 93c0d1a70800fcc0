import type { Vendor } from '../../domain/vendor.ts';
import * as kind from '../kinds/index.ts';
import { type Assumption, createProblem, type Mismatch, type Problem } from './problem.ts';
import { type Settings, setting, variableName } from './setting.ts';

/** What the configuration needs to know of a job; the jobs of the registry fit. */
export interface JobDeclaration {
  readonly name: string;
  readonly vendor: Vendor;
  readonly policy: Settings;
  readonly defaults: JobDefaults;
}

/** What is set of a job where nobody says otherwise. */
export interface JobDefaults {
  readonly schedule: string;
  /** Left out: 200. */
  readonly batchSize?: number;
  readonly maxActions: number;
  readonly maxShare: number;
}

/** The prefix of a job's variables: `purge-windows` → `PURGE_WINDOWS_`. */
export function jobPrefix(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_`;
}

/** A problem of a job's policy together with its schedule. */
export function policyProblem(job: string, mismatch: Mismatch): Problem {
  return createProblem({ variable: `${jobPrefix(job)}*`, kind: 'mismatch', ...mismatch });
}

/** What a job's policy leaves to be assumed. */
export function policyAssumption(job: string, { key, ...assumption }: Assumption): Problem {
  return createProblem({ variable: variableName(jobPrefix(job), key), kind: 'mismatch', ...assumption });
}

/** The settings that every job has beside its policy. */
export function commonJobSettings(defaults: JobDefaults) {
  return {
    enabled: setting(kind.flag, {
      doc: 'Whether the job is scheduled and may run.',
      fallback: 'true',
    }),
    schedule: setting(kind.schedule, {
      doc: 'When the job runs by itself.',
      fallback: defaults.schedule,
    }),
    timeZone: setting(kind.timeZone, {
      doc: 'Time zone of the schedule.',
      fallback: 'UTC',
    }),
    batchSize: setting(kind.integer(1, 5000), {
      doc: 'The most users or actions in a batch, the unit of retry and resume; the last ones of what is written are smaller.',
      fallback: String(defaults.batchSize ?? 200),
    }),
    maxActions: setting(kind.integer(0), {
      doc: 'Limit max-actions: a run may plan at most this many actions.',
      fallback: String(defaults.maxActions),
    }),
    maxShare: setting(kind.share, {
      doc: 'Limit max-share: a run may touch at most this share of the users of the roster. Users named by hand are no share of it.',
      fallback: String(defaults.maxShare),
    }),
    growthFactor: setting(kind.amount, {
      doc: 'Limit growth: a run may plan at most this many times the actions of the baseline.',
      fallback: '3',
    }),
    shrinkFactor: setting(kind.share, {
      doc: 'Limit shrink: a roster must have at least this share of the users of the baseline.',
      fallback: '0.5',
    }),
    maxUnreadable: setting(kind.share, {
      doc: 'Limit unreadable: at most this share of the users of the roster may be unreadable, wholly or in part. Users named by hand are no share of it.',
      fallback: '0.1',
    }),
    history: setting(kind.integer(1, 100), {
      doc: 'How many last runs the baseline is the median of. Runs over the whole roster in the same mode count.',
      fallback: '10',
    }),
    verify: setting(kind.oneOf('canary', 'all', 'none'), {
      doc: 'Which applied actions are read back: the first of a run (1 %, at least 10), all, or none. An action that changed nothing stops the run.',
      fallback: 'canary',
    }),
    catchUp: setting(kind.duration, {
      doc: 'How late a run may still start that was due while no worker was up. After that it is reported as missed.',
      fallback: 'PT12H',
    }),
    holdOn: setting(kind.someOf('max-actions', 'max-share', 'growth', 'shrink', 'unreadable'), {
      doc: 'Limits that hold a run until a person approves it. Any other limit stops the run.',
      fallback: 'growth,shrink,unreadable',
    }),
  };
}

import type { Vendor } from '../../domain/vendor.ts';
import * as kind from '../kinds/index.ts';
import { createProblem, type Mismatch, type Problem } from './problem.ts';
import { type Settings, setting } from './setting.ts';

/** What configuration has to know of a job; the registry's jobs fit. */
export interface JobDeclaration {
  readonly name: string;
  readonly vendor: Vendor;
  readonly policy: Settings;
  readonly defaults: { readonly schedule: string; readonly maxActions: number; readonly maxShare: number };
}

/** The prefix of a job's variables: `purge-windows` → `PURGE_WINDOWS_`. */
export function jobPrefix(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_`;
}

/** A problem of a job's policy together with its schedule. */
export function policyProblem(job: string, mismatch: Mismatch): Problem {
  return createProblem({ variable: `${jobPrefix(job)}*`, kind: 'mismatch', ...mismatch });
}

/** The settings that every job has beside its policy. */
export function commonJobSettings(defaults: JobDeclaration['defaults']) {
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
      doc: 'Users or actions in a batch: the unit of retry and resume.',
      fallback: '200',
    }),
    maxActions: setting(kind.integer(0), {
      doc: 'Limit max-actions: a run may plan at most so many actions.',
      fallback: String(defaults.maxActions),
    }),
    maxShare: setting(kind.share, {
      doc: 'Limit max-share: a run may touch at most this share of the selected users.',
      fallback: String(defaults.maxShare),
    }),
    growthFactor: setting(kind.amount, {
      doc: 'Limit growth: a run may plan at most so many times what is usual.',
      fallback: '3',
    }),
    shrinkFactor: setting(kind.share, {
      doc: 'Limit shrink: a roster may not have less than this part of its usual users.',
      fallback: '0.5',
    }),
    maxUnreadable: setting(kind.share, {
      doc: 'Limit unreadable: at most this share of the users may be unreadable.',
      fallback: '0.1',
    }),
    history: setting(kind.integer(1, 100), {
      doc: 'The baseline is the median of this many last runs over the whole roster in the same mode.',
      fallback: '10',
    }),
    verify: setting(kind.oneOf('canary', 'all', 'none'), {
      doc: 'Which applied actions are read back: the first of a run (1 %, at least 10), all or none. One that changed nothing stops the run.',
      fallback: 'canary',
    }),
    catchUp: setting(kind.duration, {
      doc: 'A run that was due while no worker was up is made up for within this time; later it is reported as missed.',
      fallback: 'PT12H',
    }),
    holdOn: setting(kind.someOf('max-actions', 'max-share', 'growth', 'shrink', 'unreadable'), {
      doc: 'Limits at which a run is held for a person to approve; at any other it stops.',
      fallback: 'growth,shrink,unreadable',
    }),
  };
}

import type { DateTime } from 'luxon';
import type { JobConfig } from './config.ts';
import { longestGapMs } from './schedule/longest-gap.ts';
import {
  commonJobSettings,
  type JobDeclaration,
  jobPrefix,
  policyAssumption,
  policyProblem,
} from './settings/job.ts';
import type { Assumption, Mismatch, Problem } from './settings/problem.ts';
import { type Environment, readGroup } from './settings/read-group.ts';
import type { Settings, ValuesOf } from './settings/setting.ts';

/** A job that can check whether its policy fits its schedule. */
export interface CheckedJob extends JobDeclaration {
  check?(policy: ValuesOf<Settings>, gapMs: number): readonly Mismatch[];
  assumptions?(policy: ValuesOf<Settings>): readonly Assumption[];
}

/** What is read of a job, and what is wrong with it. */
interface JobReading {
  readonly job: JobDeclaration;
  readonly config: JobConfig;
  readonly problems: readonly Problem[];
  readonly mismatches: readonly Problem[];
}

/** Reads the variables of a job; what its policy needs of its schedule is looked at only where all of them can be read. */
export function readJob(job: CheckedJob, environment: Environment, now: DateTime): JobReading {
  const prefix = jobPrefix(job.name);
  const common = readGroup(prefix, commonJobSettings(job.defaults), environment);
  const policy = readGroup(prefix, job.policy, environment);
  const problems = [...common.problems, ...policy.problems];
  const { enabled, schedule, timeZone } = common.values;
  const mismatches =
    problems.length === 0 && enabled
      ? (job.check?.(policy.values, longestGapMs(schedule, timeZone, now)) ?? [])
      : [];
  const assumed = problems.length === 0 && enabled ? (job.assumptions?.(policy.values) ?? []) : [];
  const assumptions = assumed.map((assumption) => policyAssumption(job.name, assumption));
  return {
    job,
    config: { ...common.values, policy: policy.values, policyTexts: policy.texts, assumptions },
    problems,
    mismatches: mismatches.map((mismatch) => policyProblem(job.name, mismatch)),
  };
}

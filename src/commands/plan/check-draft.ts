import { gate, type Verdict } from '../../runs/gate.ts';
import { policyInEffect } from '../../runs/plan-files/check-plan-file.ts';
import { makePlan, type PlanFile } from '../../runs/plan-files/plan-file.ts';
import type { Draft } from './draft-plan.ts';
import type { WritingJob } from './writing-job.ts';

/** What became of a draft. */
export interface CheckedDraft {
  /** Left out when the draft cannot be trusted. */
  readonly plan?: PlanFile;
  /** What the gate says now, without the runs before. */
  readonly verdict: Verdict;
}

/**
 * Makes a plan of a draft, unless it is of an empty roster or too many users could not be read: then nobody knows what
 * is missing in it. Limits on what is planned are for its reader to see, and for the gate of its run to hold.
 */
export function checkDraft(
  { job, jobConfig, address }: WritingJob,
  named: boolean,
  { plannedAt, count, tally, users, actions }: Draft,
): CheckedDraft {
  const { selected, rows, rejected, missingGroups } = count;
  const missing = missingGroups === undefined ? {} : { missingGroups };
  const readable = { selected, failed: tally.users.failed + tally.unreadable, touched: 0, planned: 0, named };
  const trust = gate(readable, jobConfig, job.name);
  if (trust.decision !== 'pass') return { verdict: trust };
  const { inspected } = tally.users;
  if (inspected === 0) return { verdict: { decision: 'stop', reason: 'no user could be read' } };
  const fromRoster = job.plansFrom === 'roster';
  // As the gate of its run will see it: the plan knows nothing of those that could not be read.
  const { touched, actions: counts } = tally;
  const facts = { selected: inspected, failed: 0, touched, planned: counts.planned, named, ...missing };
  return {
    verdict: gate(facts, jobConfig, job.name),
    plan: makePlan({
      job: job.name,
      address,
      plannedAt: plannedAt.toISO() ?? '',
      policy: policyInEffect(job.policy, jobConfig.policyTexts),
      roster: { rows, rejected },
      ...missing,
      named,
      selected: inspected,
      ...(fromRoster || named ? { users } : {}),
      ...(fromRoster ? {} : { actions }),
    }),
  };
}

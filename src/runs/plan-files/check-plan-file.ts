import { DateTime, type Duration } from 'luxon';
import { jobPrefix } from '../../config/settings/job.ts';
import { type Settings, type SettingTexts, variableName } from '../../config/settings/setting.ts';
import { timeIn } from '../../domain/shown-time.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { type PlanFile, PlanFileError } from './plan-file.ts';
import { touchedUsers } from './split-plan.ts';

/** What a plan has to fit at the moment at which it is to be applied. */
export interface Present {
  readonly job: AnyJob;
  /** Of the job's vendor. */
  readonly address: string;
  /** The job's policy as it is written now. */
  readonly policyTexts: SettingTexts;
  readonly now: DateTime;
  readonly maxAge: Duration;
}

/** Clocks of two machines differ; by more than this, one of them is wrong. */
const clocksDifferByMs = 5 * 60_000;

/** The policy in effect, defaults included, as texts that can be compared. */
export function policyInEffect(policy: Settings, texts: SettingTexts): SettingTexts {
  return Object.fromEntries(
    Object.entries(policy).flatMap(([key, { fallback }]) => {
      const text = texts[key] ?? fallback;
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

/**
 * Makes sure that what was planned is what would be done now.
 *
 * @param name how to call the file in messages
 * @throws PlanFileError when the plan is for another vendor or policy, too old, or does not belong to the job
 */
export function checkPlan(
  plan: PlanFile,
  name: string,
  { job, address, policyTexts, now, maxAge }: Present,
): void {
  const refuse = (why: string) => new PlanFileError(name, why);
  if (!belongsTo(plan, job)) throw refuse(`is not a consistent plan of ${job.name}`);
  if (plan.address !== address)
    throw refuse(`is for the vendor at ${plan.address}, but ${address} is configured now`);
  const changes = policyChanges(job, plan.policy, policyInEffect(job.policy, policyTexts));
  if (changes.length > 0) throw refuse(`was made with another policy (${changes.join('; ')})`);
  const age = now.diff(DateTime.fromISO(plan.plannedAt));
  const plannedAt = timeIn(now.zoneName ?? 'UTC', plan.plannedAt);
  if (age.toMillis() < -clocksDifferByMs) {
    throw refuse(`was made at ${plannedAt}, which is in the future: the clock of one machine is wrong`);
  }
  if (age > maxAge) {
    throw refuse(`was made at ${plannedAt}, longer ago than ${maxAge.toISO()} (CARETAKER_PLAN_MAX_AGE)`);
  }
}

function belongsTo({ selected, named, users, actions }: PlanFile, job: AnyJob): boolean {
  const fromRoster = job.plansFrom === 'roster';
  if ((fromRoster || named) !== (users !== undefined) || fromRoster !== (actions === undefined)) return false;
  return (users?.length ?? selected) === selected && touchedUsers(actions ?? []).size <= selected;
}

function policyChanges(job: AnyJob, planned: SettingTexts, present: SettingTexts): string[] {
  const keys = [...new Set([...Object.keys(planned), ...Object.keys(present)])];
  const told = (text: string | undefined) => (text === undefined ? 'not set' : text);
  return keys
    .filter((key) => planned[key] !== present[key])
    .map(
      (key) =>
        `${variableName(jobPrefix(job.name), key)}: ${told(planned[key])} then, ${told(present[key])} now`,
    );
}

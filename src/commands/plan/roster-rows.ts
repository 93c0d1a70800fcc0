import { DateTime } from 'luxon';
import { jobPrefix } from '../../config/settings/job.ts';
import { readTexts } from '../../config/settings/read-group.ts';
import type { SettingTexts } from '../../config/settings/setting.ts';
import type { User } from '../../domain/user.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { toUserRows, type UserRow } from '../../runs/plan-rows.ts';
import { planFromRoster } from '../../runs/roster-plan.ts';

/** What a job planned that plans from the roster. */
interface RosterPlanning {
  readonly job: AnyJob;
  readonly policy: SettingTexts;
  readonly plannedAt: string;
}

/**
 * Plans users again as they were planned then: the same users at the same moment give the same plan. What plans from the
 * roster reads nothing, so nobody is asked.
 */
export async function* rosterRows(
  users: AsyncIterable<readonly User[]>,
  { job, policy, plannedAt }: RosterPlanning,
): AsyncGenerator<readonly UserRow[]> {
  const context = {
    get client(): never {
      throw new Error(`${job.name} plans from the roster, and wanted to ask its vendor.`);
    },
    policy: readTexts(jobPrefix(job.name), job.policy, policy),
    now: DateTime.fromISO(plannedAt),
  };
  for await (const some of users) yield toUserRows(some, await planFromRoster(job, some, context));
}

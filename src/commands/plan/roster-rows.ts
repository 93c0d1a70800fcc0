import { DateTime } from 'luxon';
import type { VendorClients } from '../../clients/vendors.ts';
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
  readonly clients: VendorClients;
}

/** Plans users again as they were planned then: the same users at the same moment give the same plan. */
export async function* rosterRows(
  users: AsyncIterable<readonly User[]>,
  { job, policy, plannedAt, clients }: RosterPlanning,
): AsyncGenerator<readonly UserRow[]> {
  const context = {
    client: clients.readers({ requests: 0 })[job.vendor](),
    policy: readTexts(jobPrefix(job.name), job.policy, policy),
    now: DateTime.fromISO(plannedAt),
  };
  for await (const some of users) yield toUserRows(some, await planFromRoster(job, some, context));
}

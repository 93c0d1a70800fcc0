import type { DateTime } from 'luxon';
import type { VendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import type { User } from '../domain/user.ts';
import { type AnyJob, jobs } from './index.ts';
import type { Reasoning } from './job.ts';

/** What a job would do to a user and why, or why nobody can tell. */
export interface Explanation {
  readonly user: User;
  readonly job: string;
  readonly reasoning?: readonly Reasoning[];
  readonly failed?: string;
}

interface ExplainTools {
  readonly config: Pick<Config, 'jobs'>;
  readonly clients: VendorClients;
  /** In the zone of those who read it. */
  readonly now: DateTime;
  /** Ends the requests to the vendors. */
  readonly signal?: AbortSignal;
}

/** What each enabled job would do to these users now, and why. Asks the vendors, and writes nothing. */
export async function explainUsers(
  users: readonly User[],
  { config, ...tools }: ExplainTools,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  for (const user of users) {
    for (const job of jobs) {
      const settings = config.jobs[job.name];
      if (!settings?.enabled) continue;
      const { policy } = settings;
      explanations.push({ user, job: job.name, ...(await explain(job, user, { ...tools, policy })) });
    }
  }
  return explanations;
}

interface JobTools extends Omit<ExplainTools, 'config'> {
  readonly policy: Readonly<Record<string, unknown>>;
}

/** What fails for one job says nothing about the others. */
async function explain(
  job: AnyJob,
  user: User,
  { clients, policy, now, signal }: JobTools,
): Promise<Pick<Explanation, 'reasoning' | 'failed'>> {
  try {
    const client = clients.readers({ requests: 0, ...(signal ? { signal } : {}) })[job.vendor]();
    return { reasoning: await job.explain(user, { client, policy, now }) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

import type { DateTime } from 'luxon';
import type { VendorClients } from '../clients/vendors.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import type { User } from '../domain/user.ts';
import { type AnyJob, jobs } from '../jobs/index.ts';
import type { Reasoning } from '../jobs/job.ts';
import type { CommandContext } from './context.ts';
import { lookUpUsers } from './run/run-request.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/** What a job would do to a user and why, or why nobody can tell. */
interface Explanation {
  readonly user: User;
  readonly job: string;
  readonly reasoning?: readonly Reasoning[];
  readonly failed?: string;
}

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  context: CommandContext,
  username: string,
  options: { readonly json?: boolean; readonly timeZone: string },
): Promise<number> {
  const config = readConfig(context, 'enabled jobs');
  const now = context.now().setZone(options.timeZone);
  return withClients(config, async (clients) => {
    const explanations: Explanation[] = [];
    for (const user of await lookUpUsers(context, config, [username])) {
      for (const job of jobs) {
        const jobConfig = config.jobs[job.name];
        if (!jobConfig?.enabled) continue;
        const { policy } = jobConfig;
        explanations.push({ user, job: job.name, ...(await explain(job, user, { clients, policy, now })) });
      }
    }
    if (options.json) printJson(context, explanations);
    else for (const explanation of explanations) printExplanation(context, explanation);
    const hasFailed = explanations.some(({ failed }) => failed !== undefined);
    return hasFailed ? exitCodes.failures : exitCodes.completed;
  });
}

interface ExplainTools {
  readonly clients: VendorClients;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly now: DateTime;
}

/** What fails for one job says nothing about the others. */
async function explain(
  job: AnyJob,
  user: User,
  { clients, policy, now }: ExplainTools,
): Promise<Pick<Explanation, 'reasoning' | 'failed'>> {
  try {
    const client = clients.readers({ requests: 0 })[job.vendor]();
    return { reasoning: await job.explain(user, { client, policy, now }) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function printExplanation(context: CommandContext, { user, job, reasoning, failed }: Explanation): void {
  const storage = user.userStorageName ? ` in ${user.userStorageName}` : '';
  printLine(context, style(context, 'bold', `${job} for ${user.username}${storage}`));
  if (failed !== undefined) printLine(context, `  failed: ${failed}`);
  if (reasoning?.length === 0) printLine(context, '  The vendor has nothing for this user.');
  for (const { subject, verdict, because } of reasoning ?? []) {
    printLine(context, `  ${subject}: ${verdict}`);
    for (const line of because) printLine(context, `    ${line}`);
  }
}

import { exitCodes } from '../domain/exit-codes.ts';
import { findJob, jobNames } from '../jobs/index.ts';
import type { CommandContext } from './context.ts';
import { lookUp } from './run/run-request.ts';
import { readConfig } from './setup/config.ts';
import { openClients } from './setup/worker-context.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  context: CommandContext,
  username: string,
  options: { readonly json?: boolean; readonly timeZone: string },
): Promise<number> {
  const config = readConfig(context);
  const clients = openClients(config);
  const now = context.now().setZone(options.timeZone);
  try {
    const users = await lookUp(context, config, [username]);
    const answers = [];
    let failures = 0;
    for (const user of users) {
      for (const job of jobNames.flatMap((name) => findJob(name) ?? [])) {
        const jobConfig = config.jobs[job.name];
        if (!jobConfig?.enabled) continue;
        const { policy } = jobConfig;
        try {
          const client = clients.readers({ requests: 0 })[job.vendor]();
          answers.push({ user, job: job.name, reasoning: await job.explain(user, { client, policy, now }) });
        } catch (error) {
          failures += 1;
          answers.push({
            user,
            job: job.name,
            failed: error instanceof Error ? error.message : String(error),
          });
        }
      }
    }
    if (options.json) printJson(context, answers);
    else for (const answer of answers) print(context, answer);
    return failures > 0 ? exitCodes.failures : exitCodes.completed;
  } finally {
    await clients.destroy();
  }
}

interface Answer {
  readonly user: { readonly username: string; readonly userStorageName?: string };
  readonly job: string;
  readonly reasoning?: readonly {
    readonly subject: string;
    readonly verdict: string;
    readonly because: readonly string[];
  }[];
  readonly failed?: string;
}

function print(context: CommandContext, { user, job, reasoning, failed }: Answer): void {
  printLine(
    context,
    style(
      context,
      'bold',
      `${job} for ${user.username}${user.userStorageName ? ` in ${user.userStorageName}` : ''}`,
    ),
  );
  if (failed !== undefined) printLine(context, `  failed: ${failed}`);
  if (reasoning?.length === 0) printLine(context, '  nothing there to look at');
  for (const { subject, verdict, because } of reasoning ?? []) {
    printLine(context, `  ${subject}: ${verdict}`);
    for (const line of because) printLine(context, `    ${line}`);
  }
}

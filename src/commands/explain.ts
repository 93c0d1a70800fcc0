import { jobPrefix } from '../config/settings/job.ts';
import { readTexts } from '../config/settings/read-group.ts';
import { findJob, jobNames } from '../jobs/index.ts';
import { type Door, exitCodes } from './context.ts';
import { lookUp } from './run/run-request.ts';
import { readConfig } from './setup/config.ts';
import { openClients } from './setup/worker-context.ts';
import { answerJson, answerLine, style } from './terminal/output.ts';

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  door: Door,
  username: string,
  options: { readonly json?: boolean; readonly timeZone: string },
): Promise<number> {
  const config = readConfig(door);
  const clients = openClients(config);
  const now = door.now().setZone(options.timeZone);
  try {
    const users = await lookUp(door, config, [username]);
    const answers = [];
    let failures = 0;
    for (const user of users) {
      for (const job of jobNames.flatMap((name) => findJob(name) ?? [])) {
        const jobConfig = config.jobs[job.name];
        if (!jobConfig?.enabled) continue;
        const policy = readTexts(jobPrefix(job.name), job.policy, jobConfig.policyTexts);
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
    if (options.json) answerJson(door, answers);
    else for (const answer of answers) print(door, answer);
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

function print(door: Door, { user, job, reasoning, failed }: Answer): void {
  answerLine(
    door,
    style(
      door,
      'bold',
      `${job} for ${user.username}${user.userStorageName ? ` in ${user.userStorageName}` : ''}`,
    ),
  );
  if (failed !== undefined) answerLine(door, `  failed: ${failed}`);
  if (reasoning?.length === 0) answerLine(door, '  nothing there to look at');
  for (const { subject, verdict, because } of reasoning ?? []) {
    answerLine(door, `  ${subject}: ${verdict}`);
    for (const line of because) answerLine(door, `    ${line}`);
  }
}

import { DateTime, type Zone } from 'luxon';
import type { VendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import type { SettingTexts } from '../config/settings/setting.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { toIso } from '../domain/moment.ts';
import type { User } from '../domain/user.ts';
import { type AnyJob, jobs } from '../jobs/index.ts';
import type { Reasoning } from '../jobs/job.ts';
import { outlooksOf } from '../queue/outlooks/outlooks.ts';
import { RedisError } from '../redis/errors.ts';
import type { CommandContext } from './context.ts';
import { lookUpUsers } from './run/run-request.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/** What a job would do to a user and why, or why nobody can tell. */
interface Explanation {
  readonly user: User;
  readonly job: string;
  readonly reasoning?: readonly Reasoning[];
  readonly failed?: string;
  /** Until when the next runs do not ask the vendor about him, ISO 8601; null: they do. Left out where all runs ask everybody. */
  readonly notAskedUntil?: string | null;
  /** Why that is not known. */
  readonly notAskedUnknown?: string;
}

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  context: CommandContext,
  username: string,
  options: { readonly json?: boolean; readonly timeZone: string },
): Promise<number> {
  const config = readConfig(context);
  const now = context.now().setZone(options.timeZone);
  return withClients(config, undefined, async (clients) => {
    const explanations: Explanation[] = [];
    for (const user of await lookUpUsers(context, config, [username])) {
      for (const job of jobs) {
        const jobConfig = config.jobs[job.name];
        if (!jobConfig?.enabled) continue;
        const { policy, policyTexts } = jobConfig;
        explanations.push({
          user,
          job: job.name,
          ...(await explain(job, user, { clients, policy, now })),
          ...(await explainAsking(context, config, { job, user, clients, policy, policyTexts, now })),
        });
      }
    }
    if (options.json) printJson(context, explanations);
    else for (const explanation of explanations) printExplanation(context, explanation, now.zone);
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

interface Asking extends ExplainTools {
  readonly job: AnyJob;
  readonly user: User;
  readonly policyTexts: SettingTexts;
}

/** Whether the next run asks about the user at all; Redis knows it. */
async function explainAsking(
  context: CommandContext,
  config: Config,
  { job, user, clients, policy, policyTexts, now }: Asking,
): Promise<Pick<Explanation, 'notAskedUntil' | 'notAskedUnknown'>> {
  // About whom the roster says that he has left, nobody is asked at all.
  if (job.longestWait?.(policy) === undefined || user.active === false) return {};
  try {
    return await withQueues(
      context,
      async (queues) => {
        const known = await outlooksOf({ queues, clients }, job, policyTexts)?.known([user], now);
        const untilMs = known?.get(0);
        return { notAskedUntil: untilMs === undefined ? null : (toIso(untilMs) ?? null) };
      },
      config,
    );
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return { notAskedUnknown: error.problem };
  }
}

function printExplanation(context: CommandContext, explanation: Explanation, zone: Zone): void {
  const { user, job, reasoning, failed } = explanation;
  const storage = user.userStorageName ? ` in ${user.userStorageName}` : '';
  printLine(context, style(context, 'bold', `${job} for ${user.username}${storage}`));
  if (failed !== undefined) printLine(context, `  failed: ${failed}`);
  if (reasoning?.length === 0) printLine(context, '  The vendor has nothing for this user.');
  for (const { subject, verdict, because } of reasoning ?? []) {
    printLine(context, `  ${subject}: ${verdict}`);
    for (const line of because) printLine(context, `    ${line}`);
  }
  printAsking(context, explanation, zone);
}

function printAsking(
  context: CommandContext,
  { notAskedUntil, notAskedUnknown }: Pick<Explanation, 'notAskedUntil' | 'notAskedUnknown'>,
  zone: Zone,
): void {
  if (notAskedUnknown !== undefined)
    printLine(context, `  whether the next run asks about this user is not known: ${notAskedUnknown}`);
  if (notAskedUntil === null) printLine(context, '  the next run asks about this user');
  if (typeof notAskedUntil === 'string')
    printLine(
      context,
      `  not asked until ${DateTime.fromISO(notAskedUntil, { zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ')}, unless named by hand: an earlier run saw that nothing can be due before`,
    );
}

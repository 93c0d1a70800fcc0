import { DateTime, type Zone } from 'luxon';
import type { VendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { toIso } from '../domain/moment.ts';
import { type Explanation, explainUsers } from '../jobs/explain-user.ts';
import { findJob } from '../jobs/index.ts';
import { wholeUser } from '../jobs/job.ts';
import { outlooksOf } from '../queue/outlooks/outlooks.ts';
import { RedisError } from '../redis/errors.ts';
import type { CommandContext } from './context.ts';
import { lookUpUsers } from './run/run-request.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/** Whether the next runs ask the vendor about a user. */
interface Asking {
  /** Until when they do not, ISO 8601; null: they do. Left out where all runs ask everybody, or nobody about this user. */
  readonly notAskedUntil?: string | null;
  /** Why that is not known. */
  readonly notAskedUnknown?: string;
}

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  context: CommandContext,
  username: string,
  options: { readonly json?: boolean; readonly timeZone?: string },
): Promise<number> {
  const config = readConfig(context, 'enabled jobs');
  const now = context.now().setZone(options.timeZone ?? config.timeZone);
  return withClients(config, async (clients) => {
    const users = await lookUpUsers(context, config, [username]);
    const explanations: (Explanation & Asking)[] = [];
    for (const explanation of await explainUsers(users, { config, clients, now })) {
      const asking = await explainAsking(context, explanation, { config, clients, now });
      explanations.push({ ...explanation, ...asking });
    }
    if (options.json) printJson(context, explanations);
    else for (const explanation of explanations) printExplanation(context, explanation, now.zone);
    const hasFailed = explanations.some(({ failed }) => failed !== undefined);
    return hasFailed ? exitCodes.failures : exitCodes.completed;
  });
}

interface AskingTools {
  readonly config: Config;
  readonly clients: VendorClients;
  readonly now: DateTime;
}

/** Redis knows whether the next run asks about a user. */
async function explainAsking(
  context: CommandContext,
  { user, job: name, reasoning }: Explanation,
  { config, clients, now }: AskingTools,
): Promise<Asking> {
  const [job, settings] = [findJob(name), config.jobs[name]];
  if (!job || !settings || job.longestWait?.(settings.policy) === undefined) return {};
  if (reasoning?.some(({ subject }) => subject === wholeUser)) return {};
  try {
    return await withQueues(
      context,
      async (queues) => {
        const outlooks = outlooksOf({ queues, clients }, job, settings.policyTexts);
        const untilMs = (await outlooks?.known([user], now))?.get(0);
        return { notAskedUntil: untilMs === undefined ? null : (toIso(untilMs) ?? null) };
      },
      config,
    );
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return { notAskedUnknown: error.problem };
  }
}

function printExplanation(context: CommandContext, explanation: Explanation & Asking, zone: Zone): void {
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

function printAsking(context: CommandContext, { notAskedUntil, notAskedUnknown }: Asking, zone: Zone): void {
  if (notAskedUnknown !== undefined)
    printLine(context, `  whether the next run asks about this user is not known: ${notAskedUnknown}`);
  if (notAskedUntil === null) printLine(context, '  the next run asks about this user');
  if (typeof notAskedUntil === 'string') {
    const until = DateTime.fromISO(notAskedUntil, { zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
    printLine(
      context,
      `  not asked until ${until}, unless named by hand: an earlier run saw that nothing can be due before`,
    );
  }
}

import { DateTime, type Zone } from 'luxon';
import type { VendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { minuteIn } from '../domain/shown-time.ts';
import type { User } from '../domain/user.ts';
import { type Explanation, explainUsers } from '../jobs/explain-user.ts';
import { jobs } from '../jobs/index.ts';
import { type Asking, askingAbout, asksLess } from '../queue/outlooks/asking.ts';
import { notKept, pastOf } from '../queue/views/user-past.ts';
import { RedisError } from '../redis/errors.ts';
import type { CommandContext } from './context.ts';
import { lookUpUsers } from './run/run-request.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { warnOfPauses } from './setup/pauses.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/** `caretaker explain <user>`: what each job would do to this user now, and why. Reads live, writes nothing. */
export async function explainUser(
  context: CommandContext,
  username: string,
  options: { readonly json?: boolean; readonly timeZone?: string },
): Promise<number> {
  const config = readConfig(context, 'enabled jobs');
  const now = context.now().setZone(options.timeZone ?? config.timeZone);
  const enabled = jobs.filter(({ name }) => config.jobs[name]?.enabled);
  return withClients(config, async (clients) => {
    await warnOfPauses(context, config, ['roster', ...enabled.map(({ vendor }) => vendor)]);
    const users = await lookUpUsers(context, config, [username]);
    const explanations: (Explanation & Asking)[] = [];
    for (const explanation of await explainUsers(users, { config, clients, now })) {
      const asking = await explainAsking(context, explanation, { config, clients, now });
      explanations.push({ ...explanation, ...asking });
    }
    if (options.json) printJson(context, explanations);
    else {
      for (const explanation of explanations) printExplanation(context, explanation, now.zone);
      for (const user of users) await printPast(context, config, user, now);
    }
    const hasFailed = explanations.some(({ failed }) => failed !== undefined);
    return hasFailed ? exitCodes.failures : exitCodes.completed;
  });
}

/** Redis knows whether the next run asks about a user; without it, what the vendors say is shown all the same. */
async function explainAsking(
  context: CommandContext,
  explanation: Explanation,
  tools: { readonly config: Config; readonly clients: VendorClients; readonly now: DateTime },
): Promise<Asking> {
  const { config, now } = tools;
  if (!asksLess(explanation, config)) return {};
  try {
    return await withQueues(context, (queues) => askingAbout({ ...tools, queues }, explanation, now), config);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return { notAskedUnknown: error.problem };
  }
}

async function printPast(context: CommandContext, config: Config, user: User, now: DateTime): Promise<void> {
  const zone = now.zoneName ?? 'UTC';
  const storage = user.userStorageName ? ` in ${user.userStorageName}` : '';
  printLine(context, style(context, 'bold', `kept of the past of ${user.username}${storage}`));
  try {
    const oldestMs = now.minus(config.keepHistoryFor).toMillis();
    const events = await withQueues(context, (queues) => pastOf(queues, user, oldestMs), config);
    for (const { at, what } of events) printLine(context, `  ${minuteIn(zone, at)}  ${what}`);
    printLine(context, `  ${events.length === 0 ? 'nothing' : `times in ${zone}`}. ${notKept}`);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    printLine(context, `  not known: ${error.problem}`);
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

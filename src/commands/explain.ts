import { exitCodes } from '../domain/exit-codes.ts';
import { type Explanation, explainUsers } from '../jobs/explain-user.ts';
import type { CommandContext } from './context.ts';
import { lookUpUsers } from './run/run-request.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { printJson, printLine, style } from './terminal/output.ts';

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
    const explanations = await explainUsers(users, { config, clients, now });
    if (options.json) printJson(context, explanations);
    else for (const explanation of explanations) printExplanation(context, explanation);
    const hasFailed = explanations.some(({ failed }) => failed !== undefined);
    return hasFailed ? exitCodes.failures : exitCodes.completed;
  });
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

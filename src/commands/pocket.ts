import { exitCodes } from '../domain/exit-codes.ts';
import type { CommandContext } from './context.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { printJson, printTable } from './terminal/output.ts';

/** `caretaker pocket list <associate>`: the registrations of one associate; of the push handle only a keyed hash. */
export async function listRegistrations(
  context: CommandContext,
  associateId: number,
  options: { readonly json?: boolean },
): Promise<number> {
  return withClients(readConfig(context), 'superoffice', async (clients) => {
    const registrations = await clients.readers({ requests: 0 }).superoffice().listRegistrations(associateId);
    if (options.json) printJson(context, registrations);
    else {
      printTable(
        context,
        ['device', 'identifier', 'app', 'platform', 'system', 'language', 'push handle'],
        registrations.map((one) => [
          one.deviceName ?? '',
          one.deviceIdentifier ?? '',
          one.pocketVersion ?? '',
          one.platform ?? '',
          one.osVersion ?? '',
          one.language ?? '',
          one.pushHandleHash === null ? 'missing' : `#${one.pushHandleHash}`,
        ]),
      );
    }
    return exitCodes.completed;
  });
}

import { exitCodes } from '../domain/exit-codes.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { openClients } from './setup/worker-context.ts';
import { printJson, printTable } from './terminal/output.ts';

/** `caretaker pocket list <associate>`: the registrations of one associate; of the push handle only a keyed hash. */
export async function listRegistrations(
  context: CommandContext,
  associateId: number,
  options: { readonly json?: boolean },
): Promise<number> {
  const clients = openClients(readConfig(context), 'superoffice');
  try {
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
  } finally {
    await clients.destroy();
  }
}

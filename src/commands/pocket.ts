import { type Door, exitCodes } from './context.ts';
import { readConfig } from './setup/config.ts';
import { openClients } from './setup/worker-context.ts';
import { answerJson, answerTable } from './terminal/output.ts';

/** `caretaker pocket list <associate>`: the registrations of one associate; of the push handle only a keyed hash. */
export async function listRegistrations(
  door: Door,
  associateId: number,
  options: { readonly json?: boolean },
): Promise<number> {
  const clients = openClients(readConfig(door), 'superoffice');
  try {
    const registrations = await clients.readers({ requests: 0 }).superoffice().listRegistrations(associateId);
    if (options.json) answerJson(door, registrations);
    else {
      answerTable(
        door,
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

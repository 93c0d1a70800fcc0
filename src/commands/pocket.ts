import {
  type Registration,
  type RegistrationField,
  registrationFields,
} from '../clients/superoffice/schema.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import type { CommandContext } from './context.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { warnOfPauses } from './setup/pauses.ts';
import { printJson, printTable } from './terminal/output.ts';
import { UsageError } from './usage-error.ts';

/** The properties of a registration, and what our output calls them. */
const columns = [
  { field: 'DeviceName', title: 'device', key: 'deviceName' },
  { field: 'DeviceIdentifier', title: 'identifier', key: 'deviceIdentifier' },
  { field: 'PocketVersion', title: 'app', key: 'pocketVersion' },
  { field: 'Platform', title: 'platform', key: 'platform' },
  { field: 'OSVersion', title: 'system', key: 'osVersion' },
  { field: 'Language', title: 'language', key: 'language' },
  { field: 'PNSHandle', title: 'push handle', key: 'pushHandleHash' },
  { field: 'TimeZoneId', title: 'time zone', key: 'timeZoneId' },
] as const satisfies readonly { field: RegistrationField; title: string; key: keyof Registration }[];

type Column = (typeof columns)[number];

/**
 * `caretaker pocket list <associate>`: the registrations of one associate; of the push handle only a keyed hash. With
 * `select` the vendor leaves out every other property, and so does the output: a null would look like a missing value.
 */
export async function listRegistrations(
  context: CommandContext,
  associateId: number,
  options: { readonly json?: boolean; readonly select?: string },
): Promise<number> {
  const select = options.select === undefined ? undefined : readFields(options.select);
  const config = readConfig(context, ['superoffice']);
  return withClients(config, async (clients) => {
    await warnOfPauses(context, config, ['superoffice']);
    const client = clients.readers({ requests: 0 }).superoffice();
    const registrations = await client.listRegistrations(associateId, select);
    const selected = columns.filter(({ field }) => select?.includes(field) ?? true);
    if (options.json)
      printJson(
        context,
        registrations.map((one) => pick(one, selected)),
      );
    else {
      const shown = selected.filter(({ field }) => select !== undefined || field !== 'TimeZoneId');
      printTable(
        context,
        shown.map(({ title }) => title),
        registrations.map((one) => shown.map(({ key }) => cell(one, key))),
        'no registrations',
      );
    }
    return exitCodes.completed;
  });
}

function pick(registration: Registration, selected: readonly Column[]): Partial<Registration> {
  return Object.fromEntries(selected.map(({ key }) => [key, registration[key]]));
}

function cell(registration: Registration, key: keyof Registration): string {
  const value = registration[key];
  if (key !== 'pushHandleHash') return String(value ?? '');
  return value === null ? 'missing' : `#${value}`;
}

/** The properties to select, as the vendor writes them. @throws UsageError that names one that does not exist */
function readFields(text: string): readonly RegistrationField[] {
  return text.split(',').map((word) => {
    const name = word.trim();
    const field = registrationFields.find((known) => known.toLowerCase() === name.toLowerCase());
    if (field !== undefined) return field;
    throw new UsageError(
      `A registration has no property ${JSON.stringify(name)}.`,
      `--select takes one or more of ${registrationFields.join(', ')}, separated by commas.`,
    );
  });
}

import { DateTime, type Zone } from 'luxon';
import type { PointsharpWriter } from '../clients/pointsharp/client.ts';
import type { PointsharpUser } from '../clients/pointsharp/query.ts';
import type { Device } from '../clients/pointsharp/schema.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import type { CommandContext } from './context.ts';
import { withClients } from './setup/clients.ts';
import { readConfig } from './setup/config.ts';
import { confirm } from './terminal/confirm.ts';
import { printJson, printLine, printTable } from './terminal/output.ts';
import { UsageError } from './usage-error.ts';

/** Whom the command is about, and how it prints. */
export interface DeviceOptions {
  readonly storage?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** `caretaker device list <user> [id]` */
export function listDevices(
  context: CommandContext,
  username: string,
  id: string | undefined,
  options: DeviceOptions,
) {
  return withClient(context, username, options, async (client, user) => {
    const devices = await client.listDevices(user, id);
    const { zone } = context.now();
    const shown = devices.map((device) => withDateTexts(device, zone));
    if (options.json) return printJson(context, shown);
    printTable(
      context,
      ['id', 'name', 'state', 'type', 'last success', 'times out', 'warned'],
      shown.map((device) => [
        device.id,
        device.friendlyName ?? '',
        String(device.state ?? ''),
        device.deviceType ?? '',
        device.lastOkTime,
        device.timeout,
        device.timeoutNotificationSent ? 'yes' : 'no',
      ]),
    );
  });
}

/** `caretaker device open-window <user>` */
export function openWindow(
  context: CommandContext,
  username: string,
  options: DeviceOptions & { readonly minutes: number; readonly userAgent: string },
) {
  const window = { timeoutMinutes: options.minutes, userAgentPattern: options.userAgent };
  return withClient(context, username, options, async (client, user) => {
    await client.openWindow(user, window);
    printDone(context, options, `opened a device window for ${username}, ${options.minutes} minutes`);
  });
}

/** `caretaker device set-state <user> <id> <state>`: a guessed number could wipe a phone, so it asks. */
export function setState(
  context: CommandContext,
  username: string,
  { id, state }: { readonly id: string; readonly state: number },
  options: DeviceOptions,
) {
  return withClient(context, username, options, async (client, user) => {
    const question = `Set state ${state} on device ${id} of ${username}? The vendor does not document the numbers; one of them wipes the device.`;
    await confirm(context, question, options.yes);
    await client.setDeviceState(user, id, state);
    printDone(context, options, `set state ${state} on device ${id} of ${username}`);
  });
}

/** `caretaker device update-time <user> <id>` */
export function updateTime(context: CommandContext, username: string, id: string, options: DeviceOptions) {
  return withClient(context, username, options, async (client, user) => {
    await client.updateDeviceTime(user, id);
    printDone(context, options, `restarted the time-out of device ${id} of ${username}`);
  });
}

/** `caretaker device remove <user> [id]`: one device, or every device of the user with --all. */
export async function removeDevice(
  context: CommandContext,
  username: string,
  id: string | undefined,
  options: DeviceOptions & { readonly all?: boolean },
) {
  if (Boolean(id) === Boolean(options.all)) {
    throw new UsageError(
      'This command needs either the id of a device or --all.',
      'Name the device to remove, or add --all to remove every device of the user.',
    );
  }
  return withClient(context, username, options, async (client, user) => {
    if (id) {
      await client.removeDevice(user, id);
      return printDone(context, options, `removed device ${id} of ${username}`);
    }
    await confirm(context, `Remove every device of ${username}?`, options.yes);
    await client.removeAllDevices(user);
    printDone(context, options, `removed every device of ${username}`);
  });
}

/** `caretaker device remove-windows <user>`: expired, waiting, or every window with --all. */
export async function removeWindows(
  context: CommandContext,
  username: string,
  options: DeviceOptions & { readonly expired?: boolean; readonly waiting?: boolean; readonly all?: boolean },
) {
  const { expired, waiting, all } = options;
  if (Boolean(expired || waiting) === Boolean(all)) {
    throw new UsageError(
      'This command needs to know which windows to remove.',
      'Add --expired, --waiting or both, or --all alone.',
    );
  }
  return withClient(context, username, options, async (client, user) => {
    if (all) {
      await confirm(
        context,
        `Remove every device window of ${username}, including those in use?`,
        options.yes,
      );
      await client.removeWindows(user);
      return printDone(context, options, `removed every device window of ${username}`);
    }
    if (expired) await client.removeExpiredWindows(user);
    if (waiting) await client.removeWaitingWindows(user);
    const kinds = [expired && 'expired', waiting && 'waiting'].filter(Boolean).join(' and ');
    printDone(context, options, `removed the ${kinds} device windows of ${username}`);
  });
}

async function withClient(
  context: CommandContext,
  username: string,
  { storage }: DeviceOptions,
  use: (client: PointsharpWriter, user: PointsharpUser) => Promise<void>,
): Promise<number> {
  return withClients(
    readConfig(context),
    'pointsharp',
    async (clients) => {
      const user = { username, ...(storage === undefined ? {} : { userStorageName: storage }) };
      await use(clients.writers({ requests: 0 }, 'by hand').pointsharp(), user);
      return exitCodes.completed;
    },
    // Such a command is its own order: a person names the one thing that is written.
    { ceiling: { mode: 'enforce' } },
  );
}

function printDone(context: CommandContext, { json }: DeviceOptions, text: string): void {
  if (json) printJson(context, { done: text });
  else printLine(context, text);
}

/** A device for people, its dates in their zone. */
function withDateTexts(device: Device, zone: Zone) {
  const { createTime, lastOkTime, lastErrorTime, timeout, ...rest } = device;
  const text = (moment: Device['timeout']) =>
    typeof moment === 'string' ? moment : (DateTime.fromMillis(moment, { zone }).toISO() ?? '');
  return {
    ...rest,
    createTime: text(createTime),
    lastOkTime: text(lastOkTime),
    lastErrorTime: text(lastErrorTime),
    timeout: text(timeout),
  };
}

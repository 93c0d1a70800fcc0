import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import type { WriteOptions } from './options.ts';
import { writeByHand } from './write-by-hand.ts';

/** `caretaker device set-state <user> <id> <state>`: a guessed number could wipe a phone. */
export function setState(
  context: CommandContext,
  username: string,
  { id, state }: { readonly id: string; readonly state: number },
  options: WriteOptions,
): Promise<number> {
  return writeByHand(context, username, options, {
    todo: `set state ${state} on device ${id} of`,
    done: `set state ${state} on device ${id} of`,
    warning: 'The vendor does not document the numbers; one of them wipes the device.',
    device: id,
    detail: `state ${state}`,
    writes: [{ what: 'set-state', send: (client, user) => client.setDeviceState(user, id, state) }],
  });
}

/** `caretaker device update-time <user> <id>` */
export function updateTime(
  context: CommandContext,
  username: string,
  id: string,
  options: WriteOptions,
): Promise<number> {
  return writeByHand(context, username, options, {
    todo: `restart the time-out of device ${id} of`,
    done: `restarted the time-out of device ${id} of`,
    device: id,
    writes: [{ what: 'update-time', send: (client, user) => client.updateDeviceTime(user, id) }],
  });
}

/** `caretaker device remove <user> [id]`: one device, or every device of the user with --all. */
export async function removeDevice(
  context: CommandContext,
  username: string,
  id: string | undefined,
  options: WriteOptions & { readonly all?: boolean },
): Promise<number> {
  if (Boolean(id) === Boolean(options.all)) {
    throw new UsageError(
      'This command needs either the id of a device or --all.',
      'Name the device to remove, or add --all to remove every device of the user.',
    );
  }
  if (id) {
    return writeByHand(context, username, options, {
      todo: `remove device ${id} of`,
      done: `removed device ${id} of`,
      device: id,
      writes: [{ what: 'remove-device', send: (client, user) => client.removeDevice(user, id) }],
    });
  }
  return writeByHand(context, username, options, {
    todo: 'remove every device of',
    done: 'removed every device of',
    writes: [{ what: 'remove-all-devices', send: (client, user) => client.removeAllDevices(user) }],
  });
}

import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { anyNumber, filled, json, wholeNumber, yes } from './options.ts';

type Remember = (result: number | Promise<number>) => Promise<void>;

/** The operator's hand on every operation of the two vendors. */
export function addDeviceCommands(program: Command, context: CommandContext, remember: Remember): void {
  const device = program
    .command('device')
    .description('the devices and device windows of one Pointsharp ID user, by hand');
  const command = (name: string, description: string) =>
    device
      .command(name)
      .description(description)
      .argument('<user>', 'the user name', filled)
      .option('--storage <name>', 'the storage the user lives in', filled)
      .addOption(json());
  const idOfDevice = 'id of the device';
  command('list', 'list devices')
    .argument('[id]', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device.ts')).listDevices(context, user, id, options)),
    );
  command('open-window', 'let a new device in past the new-device rules')
    .requiredOption('--minutes <n>', 'how long the window stays open', wholeNumber())
    .requiredOption('--user-agent <pattern>', 'pattern of the user agent that is let in', filled)
    .action(async (user, options) =>
      remember((await import('../device.ts')).openWindow(context, user, options)),
    );
  command('set-state', 'set the state number of a device (asks first)')
    .argument('<id>', idOfDevice, filled)
    .argument('<state>', 'the number', anyNumber)
    .addOption(yes())
    .action(async (user, id, state, options) =>
      remember((await import('../device.ts')).setState(context, user, id, state, options)),
    );
  command('update-time', 'restart the clock of a timed device')
    .argument('<id>', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device.ts')).updateTime(context, user, id, options)),
    );
  command('remove', 'remove one device, or every device with --all (asks first)')
    .argument('[id]', idOfDevice, filled)
    .option('--all', 'every device of the user')
    .addOption(yes())
    .action(async (user, id, options) =>
      remember((async () => (await import('../device.ts')).removeDevice(context, user, id, options))()),
    );
  command('remove-windows', 'remove device windows')
    .option('--expired', 'those that have expired')
    .option('--waiting', 'those that are open and unused')
    .option('--all', 'every window, those in use as well (asks first)')
    .addOption(yes())
    .action(async (user, options) =>
      remember((async () => (await import('../device.ts')).removeWindows(context, user, options))()),
    );

  const pocket = program
    .command('pocket')
    .description('the SuperOffice Pocket registrations of one associate');
  pocket
    .command('list')
    .argument('<associate>', 'id of the associate', wholeNumber())
    .description('list registrations')
    .addOption(json())
    .action(async (associate, options) =>
      remember((await import('../pocket.ts')).listRegistrations(context, associate, options)),
    );
}

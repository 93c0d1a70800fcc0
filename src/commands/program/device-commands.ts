import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { anyNumber, filled, json, wholeNumber, yes } from './options.ts';
import type { Remember } from './remember.ts';

/** Every operation of the two vendors, one by one. */
export function addDeviceCommands(program: Command, context: CommandContext, remember: Remember): void {
  const device = program
    .command('device')
    .description('list, change and remove the devices and device windows of one Pointsharp ID user');
  const command = (name: string, description: string) =>
    device
      .command(name)
      .description(description)
      .argument('<user>', 'the user name', filled)
      .option('--storage <name>', 'the user storage that has the user', filled)
      .addOption(json());
  const idOfDevice = 'the id of the device';
  command('list', 'list the devices')
    .argument('[id]', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device.ts')).listDevices(context, user, id, options)),
    );
  command('open-window', 'open a device window, which lets a new device in past the new-device rules')
    .requiredOption('--minutes <n>', 'how many minutes the window stays open', wholeNumber())
    .requiredOption('--user-agent <pattern>', 'pattern of the user agents to let in', filled)
    .action(async (user, options) =>
      remember((await import('../device.ts')).openWindow(context, user, options)),
    );
  command('set-state', 'set the state of a device (asks for confirmation)')
    .argument('<id>', idOfDevice, filled)
    .argument('<state>', 'the number of the state', anyNumber)
    .addOption(yes())
    .action(async (user, id, state, options) =>
      remember((await import('../device.ts')).setState(context, user, { id, state }, options)),
    );
  command('update-time', 'restart the time-out of a timed device')
    .argument('<id>', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device.ts')).updateTime(context, user, id, options)),
    );
  command('remove', 'remove one device, or every device with --all (asks for confirmation)')
    .argument('[id]', idOfDevice, filled)
    .option('--all', 'every device of the user')
    .addOption(yes())
    .action(async (user, id, options) =>
      remember((await import('../device.ts')).removeDevice(context, user, id, options)),
    );
  command('remove-windows', 'remove device windows')
    .option('--expired', 'windows that have expired')
    .option('--waiting', 'windows that are open and unused')
    .option('--all', 'every window, including those in use (asks for confirmation)')
    .addOption(yes())
    .action(async (user, options) =>
      remember((await import('../device.ts')).removeWindows(context, user, options)),
    );

  const pocket = program
    .command('pocket')
    .description('list the SuperOffice Pocket registrations of one associate');
  pocket
    .command('list')
    .argument('<associate>', 'the id of the associate', wholeNumber())
    .description('list the registrations')
    .option('--select <properties>', 'only these properties, separated by commas, as the vendor names them')
    .addOption(json())
    .action(async (associate, options) =>
      remember((await import('../pocket.ts')).listRegistrations(context, associate, options)),
    );
}

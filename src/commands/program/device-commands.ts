import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { anyNumber, by, filled, json, wholeNumber, why, yes } from './options.ts';
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
  /** What writes asks first, leaves a trace, and can be tried out. */
  const writing = (name: string, description: string) =>
    command(name, description)
      .addOption(yes())
      .option('--dry-run', 'only say what it would do')
      .addOption(by())
      .addOption(why())
      .option('--despite-pause', 'write also while Pointsharp ID is paused')
      .option('--without-history', 'write also when Redis is away: then only the log has a trace');
  const idOfDevice = 'the id of the device';
  command('list', 'list the devices')
    .argument('[id]', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device/list.ts')).listDevices(context, user, id, options)),
    );
  writing('open-window', 'open a device window, which lets a new device in past the new-device rules')
    .requiredOption('--minutes <n>', 'how many minutes the window stays open', wholeNumber())
    .requiredOption('--user-agent <pattern>', 'pattern of the user agents to let in', filled)
    .action(async (user, options) =>
      remember((await import('../device/windows.ts')).openWindow(context, user, options)),
    );
  writing('set-state', 'set the state of a device')
    .argument('<id>', idOfDevice, filled)
    .argument('<state>', 'the number of the state', anyNumber)
    .action(async (user, id, state, options) =>
      remember((await import('../device/devices.ts')).setState(context, user, { id, state }, options)),
    );
  writing('update-time', 'restart the time-out of a timed device')
    .argument('<id>', idOfDevice, filled)
    .action(async (user, id, options) =>
      remember((await import('../device/devices.ts')).updateTime(context, user, id, options)),
    );
  writing('remove', 'remove one device, or every device with --all')
    .argument('[id]', idOfDevice, filled)
    .option('--all', 'every device of the user')
    .action(async (user, id, options) =>
      remember((await import('../device/devices.ts')).removeDevice(context, user, id, options)),
    );
  writing('remove-windows', 'remove device windows')
    .option('--expired', 'windows that have expired')
    .option('--waiting', 'windows that are open and unused')
    .option('--all', 'every window, including those in use')
    .action(async (user, options) =>
      remember((await import('../device/windows.ts')).removeWindows(context, user, options)),
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

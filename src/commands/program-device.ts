import type { Command } from 'commander';
import type { Door } from './door.ts';
import { json, positive, whole, yes } from './options.ts';

type Remember = (result: number | Promise<number>) => Promise<void>;

/** The operator's hand on every operation of the two vendors. */
export function addDeviceCommands(program: Command, door: Door, remember: Remember): void {
  const device = program
    .command('device')
    .description('the devices and device windows of one Pointsharp ID user, by hand');
  const command = (words: string, description: string) =>
    device
      .command(words)
      .description(description)
      .option('--storage <name>', 'the storage the user lives in')
      .addOption(json());
  command('list <user> [id]', 'list devices').action(async (user, id, options) =>
    remember((await import('./device.ts')).listDevices(door, user, id, options)),
  );
  command('open-window <user>', 'let a new device in past the new-device rules')
    .requiredOption('--minutes <n>', 'how long the window stays open', positive)
    .requiredOption('--user-agent <pattern>', 'pattern of the user agent that is let in')
    .action(async (user, options) => remember((await import('./device.ts')).openWindow(door, user, options)));
  command('set-state <user> <id>', 'set the state number of a device (asks first)')
    .argument('<state>', 'the number', whole)
    .addOption(yes())
    .action(async (user, id, state, options) =>
      remember((await import('./device.ts')).setState(door, user, id, state, options)),
    );
  command('update-time <user> <id>', 'restart the clock of a timed device').action(
    async (user, id, options) => remember((await import('./device.ts')).updateTime(door, user, id, options)),
  );
  command('remove <user> [id]', 'remove one device, or every device with --all (asks first)')
    .option('--all', 'every device of the user')
    .addOption(yes())
    .action(async (user, id, options) =>
      remember((async () => (await import('./device.ts')).removeDevice(door, user, id, options))()),
    );
  command('remove-windows <user>', 'remove device windows')
    .option('--expired', 'those that have expired')
    .option('--waiting', 'those that are open and unused')
    .option('--all', 'every window, those in use as well (asks first)')
    .addOption(yes())
    .action(async (user, options) =>
      remember((async () => (await import('./device.ts')).removeWindows(door, user, options))()),
    );

  const pocket = program
    .command('pocket')
    .description('the SuperOffice Pocket registrations of one associate');
  pocket
    .command('list')
    .argument('<associate>', 'id of the associate', positive)
    .description('list registrations')
    .addOption(json())
    .action(async (associate, options) =>
      remember((await import('./pocket.ts')).listRegistrations(door, associate, options)),
    );
}

import type { Device } from '../../clients/pointsharp/schema.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import { toIso } from '../../domain/moment.ts';
import { minuteIn } from '../../domain/shown-time.ts';
import type { CommandContext } from '../context.ts';
import { withClients } from '../setup/clients.ts';
import { readConfig } from '../setup/config.ts';
import { warnOfPauses } from '../setup/pauses.ts';
import { printJson, printTable } from '../terminal/output.ts';
import { findUser } from './find-user.ts';
import type { DeviceOptions } from './options.ts';

/** `caretaker device list <user> [id]` */
export function listDevices(
  context: CommandContext,
  username: string,
  id: string | undefined,
  { storage, json }: DeviceOptions,
): Promise<number> {
  const config = readConfig(context, ['pointsharp']);
  return withClients(config, async (clients) => {
    await warnOfPauses(context, config, storage === undefined ? ['pointsharp', 'roster'] : ['pointsharp']);
    const user = await findUser(context, config, username, storage);
    const devices = await clients.readers({ requests: 0 }).pointsharp().listDevices(user, id);
    const shown = devices.map((device) => withDateTexts(device, json ? undefined : config.timeZone));
    if (json) printJson(context, shown);
    else {
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
        'no devices',
      );
    }
    return exitCodes.completed;
  });
}

/** A device with its dates as people read them in a zone; without one, in ISO 8601. */
function withDateTexts(device: Device, zone: string | undefined) {
  const { createTime, lastOkTime, lastErrorTime, timeout, ...rest } = device;
  const text = (moment: Device['timeout']) =>
    typeof moment === 'string' ? moment : zone === undefined ? (toIso(moment) ?? '') : minuteIn(zone, moment);
  return {
    ...rest,
    createTime: text(createTime),
    lastOkTime: text(lastOkTime),
    lastErrorTime: text(lastErrorTime),
    timeout: text(timeout),
  };
}

import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { PointsharpReader, PointsharpWriter } from '../../clients/pointsharp/client.ts';
import type { PointsharpUser } from '../../clients/pointsharp/query.ts';
import type { VendorClients } from '../../clients/vendors.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { Operation } from '../../queue/records/history.ts';
import type { CommandContext } from '../context.ts';
import { withClients } from '../setup/clients.ts';
import { readConfig } from '../setup/config.ts';
import { refuseWriteAtPause, warnOfPauses } from '../setup/pauses.ts';
import { confirm, requireTerminal } from '../terminal/confirm.ts';
import { printJson, printLine } from '../terminal/output.ts';
import { describeUser, findUser } from './find-user.ts';
import { withHandRecorder } from './hand-recorder.ts';
import type { WriteOptions } from './options.ts';

/** One request that writes at the vendor. */
interface Write {
  readonly what: Operation;
  send(client: PointsharpWriter, user: PointsharpUser): Promise<void>;
}

/** What a command writes, in words and in requests. */
export interface HandWork {
  /** Before the user: `remove every device of`. */
  readonly todo: string;
  /** The same once it is done: `removed every device of`. */
  readonly done: string;
  /** What whoever is asked should know, as sentences. */
  readonly warning?: string;
  /** The id of the device, where it is about one. */
  readonly device?: string;
  /** What the words of `what` do not say, such as the number of a state. */
  readonly detail?: string;
  readonly writes: readonly Write[];
}

/**
 * Writes at the vendor for somebody at a command line: finds the user, asks, writes down the intent, writes, and writes
 * down how it ended.
 *
 * @throws UsageError when nobody said yes or the vendor is paused, and UnrecordedWrite when it would leave no trace; nothing is written then
 */
export function writeByHand(
  context: CommandContext,
  username: string,
  options: WriteOptions,
  work: HandWork,
): Promise<number> {
  const config = readConfig(context, ['pointsharp']);
  const { storage, dryRun, yes, json, reason, despitePause } = options;
  const isRefused = !dryRun && !despitePause;
  const write = async (clients: VendorClients) => {
    if (isRefused) await refuseWriteAtPause(config, 'pointsharp');
    else await warnOfPauses(context, config, ['pointsharp'], dryRun ? 'asks' : 'writes to');
    if (storage === undefined) await warnOfPauses(context, config, ['roster']);
    const user = await findUser(context, config, username, storage);
    const whom = describeUser(user);
    const reader = clients.readers({ requests: 0 }).pointsharp();
    if (dryRun) {
      const would = `${work.todo} ${whom}${await describeDevices(reader, user, work.device)}`;
      if (json) printJson(context, { would });
      else printLine(context, `would ${would}`);
      return exitCodes.completed;
    }
    if (!yes) requireTerminal(context, questionOf(work, whom));
    return withHandRecorder(context, config, options, async (recorder) => {
      if (!yes) {
        const owner = `${whom}${await describeDevices(reader, user, work.device)}`;
        await confirm(context, questionOf(work, owner));
        // Somebody may have paused it while the question stood there.
        if (isRefused) await refuseWriteAtPause(config, 'pointsharp');
      }
      const client = clients.writers({ requests: 0 }, 'by hand').pointsharp();
      const on = {
        user: username,
        ...(user.userStorageName === undefined ? {} : { storage: user.userStorageName }),
        ...(work.device === undefined ? {} : { device: work.device }),
      };
      const detail = work.detail === undefined ? {} : { detail: work.detail };
      for (const { what, send } of work.writes) {
        await recorder.record({ what, on, ...detail, why: reason }, () => send(client, user));
      }
      const done = `${work.done} ${whom}`;
      if (json) printJson(context, { done });
      else printLine(context, done);
      return exitCodes.completed;
    });
  };
  // Such a command is its own order: a person names the one thing that is written.
  return withClients(config, write, { ceiling: { mode: 'enforce' } });
}

function questionOf({ todo, warning }: HandWork, whom: string): string {
  const question = `${todo.charAt(0).toUpperCase()}${todo.slice(1)} ${whom}?`;
  return warning === undefined ? question : `${question} ${warning}`;
}

/** How many devices there are, for people; empty where the vendor does not tell. */
async function describeDevices(
  reader: PointsharpReader,
  user: PointsharpUser,
  id: string | undefined,
): Promise<string> {
  try {
    const devices = await reader.listDevices(user);
    const count = `, who has ${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
    const isThere = id === undefined || devices.some((device) => device.id === id);
    return isThere ? count : `${count}, none with this id`;
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return '';
  }
}

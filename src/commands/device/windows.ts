import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import type { WriteOptions } from './options.ts';
import { type HandWork, writeByHand } from './write-by-hand.ts';

/** `caretaker device open-window <user>` */
export function openWindow(
  context: CommandContext,
  username: string,
  options: WriteOptions & { readonly minutes: number; readonly userAgent: string },
): Promise<number> {
  const { minutes, userAgent } = options;
  const window = { timeoutMinutes: minutes, userAgentPattern: userAgent };
  return writeByHand(context, username, options, {
    todo: `open a device window of ${minutes} minutes for user agents like ${userAgent} for`,
    done: `opened a device window of ${minutes} minutes for user agents like ${userAgent} for`,
    detail: `${minutes} minutes, user agents like ${userAgent}`,
    writes: [{ what: 'open-window', send: (client, user) => client.openWindow(user, window) }],
  });
}

/** `caretaker device remove-windows <user>`: expired, waiting, or every window with --all. */
export async function removeWindows(
  context: CommandContext,
  username: string,
  options: WriteOptions & { readonly expired?: boolean; readonly waiting?: boolean; readonly all?: boolean },
): Promise<number> {
  const { expired, waiting, all } = options;
  if (Boolean(expired || waiting) === Boolean(all)) {
    throw new UsageError(
      'This command needs to know which windows to remove.',
      'Add --expired, --waiting or both, or --all alone.',
    );
  }
  return writeByHand(context, username, options, all ? everyWindow : idleWindows(expired, waiting));
}

const everyWindow: HandWork = {
  todo: 'remove every device window, including those in use, of',
  done: 'removed every device window of',
  writes: [{ what: 'remove-all-windows', send: (client, user) => client.removeWindows(user) }],
};

function idleWindows(expired: boolean | undefined, waiting: boolean | undefined): HandWork {
  const kinds = [expired && 'expired', waiting && 'waiting'].filter(Boolean).join(' and ');
  const writes: HandWork['writes'] = [
    { what: 'remove-expired-windows', send: (client, user) => client.removeExpiredWindows(user) },
    { what: 'remove-waiting-windows', send: (client, user) => client.removeWaitingWindows(user) },
  ];
  return {
    todo: `remove the ${kinds} device windows of`,
    done: `removed the ${kinds} device windows of`,
    writes: writes.filter((_, index) => (index === 0 ? expired : waiting)),
  };
}
